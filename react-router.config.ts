import type { Config } from '@react-router/dev/config'

export default {
  appDirectory: 'web',
  // scripts/web-build.ts builds beside the pages that are being served, then moves the folder into place.
  buildDirectory: process.env['RIALTO_WEB_BUILD_DIR'] ?? 'dist/web',
  ssr: true,
} satisfies Config
