import Bowser from 'bowser'

export interface Device {
  /** "Firefox"; undefined for a program that doesn't say. */
  readonly browser: string | undefined
  /** "macOS" */
  readonly system: string | undefined
  readonly isHandheld: boolean
}

/** What a browser says about itself; a hint for its owner, never a proof. */
export function deviceOf(userAgent: string | null): Device {
  // The library throws for an empty text.
  if (userAgent === null || userAgent.trim() === '') return { browser: undefined, system: undefined, isHandheld: false }
  const { browser, os, platform } = Bowser.parse(userAgent)
  return {
    browser: browser.name || undefined,
    system: os.name || undefined,
    isHandheld: platform.type === 'mobile' || platform.type === 'tablet',
  }
}
