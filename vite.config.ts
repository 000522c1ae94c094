import { reactRouter } from '@react-router/dev/vite'
import tailwindcss from '@tailwindcss/vite'
import { defineConfig } from 'vite'

export default defineConfig({
  plugins: [tailwindcss(), reactRouter()],
  // The data folder, the build and the sources of the server change while the pages are served.
  server: { watch: { ignored: ['**/.data/**', '**/dist/**', '**/src/**', '**/test/**'] } },
  build: {
    assetsInlineLimit: 0,
    // The first versions with light-dark(); older targets would get a rewriting of it that breaks a theme inside a page.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
  },
  // Bundled, so that the server loads the few icons and the markdown pipeline as one file instead of a thousand.
  // react and react-router stay outside: src/ and the build must share one copy of them.
  ssr: {
    noExternal: [
      'lucide-react',
      '@noble/hashes',
      'unified',
      'remark-parse',
      'remark-gfm',
      'remark-rehype',
      'rehype-sanitize',
      'rehype-stringify',
    ],
  },
})
