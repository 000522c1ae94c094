/** The release this code is, as package.json says it (a test holds them together). */
export const RIALTO_VERSION = '0.1.0'
