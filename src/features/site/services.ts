import { readSiteSettings } from '#src/db/site-settings.ts'
import type { SiteSettings } from '#src/db/site-settings.ts'
import type { Deps } from '#src/deps.ts'
import { requireOperator } from '#src/identity/index.ts'
import type { AccountViewer } from '#src/identity/index.ts'
import { noticeDays } from '#src/features/pricing/index.ts'
import { currencies } from '#src/lib/currencies.ts'
import { sharedRead } from '#src/lib/shared-read.ts'
import { RIALTO_VERSION } from '#src/version.ts'
import { isLegalPage } from './legal/pages.ts'
import { readLegal } from './legal/read-legal.ts'
import type { LegalDocument } from './legal/read-legal.ts'
import { readPublishing } from './publishing/read-publishing.ts'
import type { Publishing } from './publishing/read-publishing.ts'
import { judgeAccent } from './settings/judge-accent.ts'
import type { AccentForm, JudgedAccent } from './settings/judge-accent.ts'
import type { SaveOutcome } from './settings/outcome.ts'
import { saveBranding } from './settings/save-branding.ts'
import type { BrandingForm } from './settings/save-branding.ts'
import { saveGeneral } from './settings/save-general.ts'
import type { GeneralForm } from './settings/save-general.ts'
import { saveLegal } from './settings/save-legal.ts'
import type { LegalForm } from './settings/save-legal.ts'
import { readStatus } from './status/read-status.ts'
import type { SiteStatus } from './status/read-status.ts'

interface BySomebody<T> {
  readonly viewer: AccountViewer
  readonly form: T
}

/** What the pages show and change of the marketplace itself. Changing and reading settings throws `AppError('forbidden')`. */
export interface SiteServices {
  /** Undefined: there is no such page. */
  legal(page: string): Promise<ShownLegal | undefined>
  status(): Promise<SiteStatus>
  publishing(): Promise<Publishing>
  /** As they stand at this moment. */
  settings(viewer: AccountViewer): Promise<EditedSettings>
  saveGeneral(asked: BySomebody<GeneralForm>): Promise<SaveOutcome>
  /** What saving would say, with nothing saved. */
  judgeAccent(form: AccentForm): JudgedAccent
  saveBranding(asked: BySomebody<BrandingForm>): Promise<SaveOutcome>
  saveLegal(asked: BySomebody<LegalForm>): Promise<SaveOutcome>
}

export type ShownLegal = LegalDocument & {
  readonly supportEmail: string | undefined
  readonly softwareVersion: string
}

export interface EditedSettings extends SiteSettings {
  /** ISO 4217 codes that prices may have. */
  readonly currencies: readonly string[]
}

/** Within it the page says the same to everybody. */
const statusAgeMsMax = 2_000

export const createSiteServices = (deps: Deps): SiteServices => ({
  legal: (page) => legal(deps, page),
  status: sharedRead(() => readStatus(deps), { ageMsMax: statusAgeMsMax }),
  publishing: () => readPublishing(deps),
  settings: async (viewer) => {
    await requireOperator(deps.db, viewer)
    return { ...(await readSiteSettings(deps.db)), currencies: [...currencies] }
  },
  judgeAccent,
  saveGeneral: async ({ viewer, form }) => saveGeneral(deps, { operatorId: await operatorId(deps, viewer), form }),
  saveBranding: async ({ viewer, form }) => saveBranding(deps, { operatorId: await operatorId(deps, viewer), form }),
  saveLegal: async ({ viewer, form }) => saveLegal(deps, { operatorId: await operatorId(deps, viewer), form }),
})

const operatorId = async ({ db }: Deps, viewer: AccountViewer): Promise<string> =>
  (await requireOperator(db, viewer)).id

async function legal({ site, config, payments }: Deps, page: string): Promise<ShownLegal | undefined> {
  if (!isLegalPage(page)) return undefined
  const settings = await site.read()
  const facts = {
    siteName: settings.name,
    graceDays: config.paymentGraceDays,
    noticeDays,
    paymentsAreSandbox: payments.sandbox !== undefined,
    // As deps.ts decides it.
    asksForLeaks: config.mode !== 'demo',
  }
  const document = readLegal({ page, settings, facts })
  return { ...document, supportEmail: settings.supportEmail, softwareVersion: RIALTO_VERSION }
}
