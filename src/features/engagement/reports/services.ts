import { eq } from 'drizzle-orm'
import { interactionRecipients, reportKinds, reportStates } from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'
import { parseEmail, requireOperator } from '#src/identity/index.ts'
import type { AccountViewer, Caller } from '#src/identity/index.ts'
import { AppError } from '#src/lib/errors.ts'
import { attempt, parsed } from '../attempt.ts'
import type { FormOutcome, Outcome } from '../attempt.ts'
import { contactPublisher } from '../contact/contact-publisher.ts'
import { findContact } from '../contact/find-contact.ts'
import type { Contact } from '../contact/find-contact.ts'
import { contactSchema } from '../contact/schema.ts'
import { interactionMailsJob } from '../interactions/record-interaction.ts'
import { shown } from '../recipients/operator-routes.ts'
import type { Recipient } from '../recipients/operator-routes.ts'
import { addRecipient, listRecipients, removeRecipient } from '../recipients/recipients.ts'
import { decideReport } from './decide-report.ts'
import type { Verdict } from './decide-report.ts'
import { fileReport } from './file-report.ts'
import type { Filed } from './file-report.ts'
import { countOpenReports, getReport, listReports } from './list-reports.ts'
import type { ReportKind, ReportState } from './list-reports.ts'
import { decisionSchema, newAgentReportSchema, newRemovalSchema } from './schema.ts'
import type { Report, ReportDetail } from './schema.ts'
import { isRemovedByRequest } from './take-down-entry.ts'

/** What people tell about an agent, to its publisher or to the operators, and what those do; texts come as they were typed. */
export interface ReportServices {
  /** Whether what stood at this address went at the request of its makers. */
  isRemoved(slug: string): Promise<boolean>
  report(report: Telling): Promise<FileOutcome>
  askForRemoval(report: Telling): Promise<FileOutcome>
  /** Whom to write to; undefined: it has no page. */
  contact(slug: string): Promise<Contact | undefined>
  writeToPublisher(message: {
    readonly slug: string
    readonly viewer: AccountViewer
    readonly typed: unknown
  }): Promise<FormOutcome>
  /** What is not understood of the filter is left out. Throws `forbidden`. */
  list(viewer: AccountViewer, asked: AskedReports): Promise<ReportPage>
  /** Throws `forbidden` and `not_found`. */
  get(viewer: AccountViewer, id: string): Promise<ReportDetail>
  /** How many wait for an operator. */
  countOpen(): Promise<number>
  decide(decision: Deciding): Promise<FormOutcome>
  /** All who are told what people do. Throws `forbidden`. */
  recipients(viewer: AccountViewer): Promise<readonly Recipient[]>
  /** Asks the mailbox, also again. */
  addRecipient(viewer: AccountViewer, email: string): Promise<RecipientOutcome>
  removeRecipient(viewer: AccountViewer, id: string): Promise<Outcome>
}

export interface Telling {
  readonly slug: string
  /** As it was typed; asked only of whoever has no confirmed address of their own. */
  readonly email: string
  readonly caller: Caller
  readonly viewer: AccountViewer | undefined
  readonly typed: unknown
}

export type FileOutcome = { readonly kind: Filed } | Exclude<FormOutcome, { kind: 'done' }>

export interface AskedReports {
  readonly kind: string | undefined
  readonly state: string | undefined
  readonly cursor: string | undefined
}

export interface ReportPage {
  readonly items: readonly Report[]
  readonly nextCursor: string | undefined
  /** As it was understood. */
  readonly filter: { readonly kind: ReportKind | undefined; readonly state: ReportState }
}

interface Deciding {
  readonly viewer: AccountViewer
  readonly id: string
  readonly verdict: Verdict
  readonly typed: unknown
}

export type RecipientOutcome =
  | { readonly kind: 'added' | 'asked_again' | 'already' | 'full' }
  | { readonly kind: 'invalid'; readonly problem: 'missing' | 'malformed' }

const reportsOnPage = 20
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

export const createReportServices = (deps: Deps): ReportServices => ({
  isRemoved: (slug) => isRemovedByRequest(deps.db, slug),
  report: (telling) =>
    tell({ schema: newAgentReportSchema, telling }, (report) =>
      fileReport(deps, { ...telling, report: { kind: 'agent', ...report } }),
    ),
  askForRemoval: (telling) =>
    tell({ schema: newRemovalSchema, telling }, (report) =>
      fileReport(deps, { ...telling, report: { kind: 'removal', ...report } }),
    ),
  contact: (slug) => findContact(deps.db, slug),
  writeToPublisher: ({ typed, ...who }) =>
    parsed({ schema: contactSchema, typed }, (contact) => contactPublisher(deps, { ...who, contact })),
  list: async (viewer, asked) => {
    await requireOperator(deps.db, viewer)
    const filter = {
      kind: reportKinds.find((kind) => kind === asked.kind),
      state: reportStates.find((state) => state === asked.state) ?? ('open' as const),
    }
    const cursor = asked.cursor !== undefined && uuid.test(asked.cursor) ? asked.cursor : undefined
    return { ...(await listReports(deps.db, { ...filter, cursor, limit: reportsOnPage })), filter }
  },
  get: async (viewer, id) => {
    await requireOperator(deps.db, viewer)
    if (!uuid.test(id)) throw new AppError('not_found')
    return getReport(deps.db, id)
  },
  countOpen: () => countOpenReports(deps.db),
  decide: ({ viewer, id, verdict, typed }) =>
    parsed({ schema: decisionSchema, typed }, async (decision) => {
      const { id: operatorId } = await requireOperator(deps.db, viewer)
      if (!uuid.test(id)) throw new AppError('not_found')
      await decideReport(deps, { reportId: id, operatorId, verdict, ...decision })
    }),
  recipients: async (viewer) => {
    await requireOperator(deps.db, viewer)
    return (await listRecipients(deps.db)).map(shown)
  },
  addRecipient: async (viewer, typed) => {
    const { id: operatorId } = await requireOperator(deps.db, viewer)
    const { value: email, problem } = parseEmail(typed)
    if (problem !== undefined) return { kind: 'invalid', problem }
    const kind = await addRecipient(deps.db, { email, operatorId })
    await deps.jobs.wake(interactionMailsJob)
    return { kind }
  },
  removeRecipient: (viewer, id) =>
    attempt(async () => {
      const { id: operatorId } = await requireOperator(deps.db, viewer)
      if (!uuid.test(id)) throw new AppError('not_found')
      await removeRecipient(deps.db, { which: eq(interactionRecipients.id, id), operatorId })
    }),
})

interface Told<T> {
  readonly schema: Parameters<typeof parsed<T>>[0]['schema']
  readonly telling: Telling
}

/** Of a form with an address beside it: what is wrong with either is said at once. */
async function tell<T>({ schema, telling }: Told<T>, verb: (report: T) => Promise<Filed>): Promise<FileOutcome> {
  const { problem } = telling.viewer?.emailVerified === true ? {} : parseEmail(telling.email)
  const emailErrors: Record<string, string> = problem === undefined ? {} : { email: problem }
  let filed: Filed = 'filed'
  const outcome = await parsed({ schema, typed: telling.typed }, async (report) => {
    if (problem === undefined) filed = await verb(report)
  })
  if (outcome.kind === 'invalid') return { kind: 'invalid', errors: { ...outcome.errors, ...emailErrors } }
  if (problem !== undefined) return { kind: 'invalid', errors: emailErrors }
  return outcome.kind === 'done' ? { kind: filed } : outcome
}
