import type { Deps } from '#src/deps.ts'
import { AppError } from '#src/lib/errors.ts'
import { decideDispute } from './disputes/decide-dispute.ts'
import { countOpenDisputes, findDispute, listDisputes } from './disputes/list-disputes.ts'
import type { ListedDispute } from './disputes/list-disputes.ts'
import { openDispute } from './disputes/open-dispute.ts'
import type { WhichSubscription } from './own-subscription.ts'
import { creditableUnits, readReceipt } from './read-receipt.ts'
import type { Receipt } from './read-receipt.ts'
import { downloadReceipts, readReceipts } from './read-receipts.ts'
import type { ReceiptFile, ReceiptFilter, ReceiptPage } from './read-receipts.ts'
import { readUse } from './read-use.ts'
import type { UseOverTime } from './read-use.ts'

interface Asked {
  readonly which: WhichSubscription
  readonly filter: ReceiptFilter
  readonly cursor: string | undefined
}

interface WhichReceipt {
  readonly which: WhichSubscription
  readonly entryId: string
}

interface Operator {
  readonly id: string
  readonly isOperator: boolean
}

export interface OpenedDispute extends ListedDispute {
  /** Units of the entry that can still be given back. */
  readonly creditable: number
}

/** What the account's and the operators' pages read and do about receipts. Undefined: not there, or another person's. */
export interface ReceiptServices {
  /** Throws `invalid_request` for a wrong cursor. */
  list(asked: Asked): Promise<ReceiptPage | undefined>
  download(asked: Asked): Promise<ReceiptFile | undefined>
  useOverTime(which: WhichSubscription): Promise<readonly UseOverTime[] | undefined>
  find(receipt: WhichReceipt): Promise<Receipt | undefined>
  /** Throws `not_found` and `conflict`. */
  dispute(dispute: WhichReceipt & { readonly message: string }): Promise<void>
  /** For operators; throws `forbidden` for anybody else, as the next two do. */
  listDisputes(operator: Operator, isOpen: boolean): Promise<readonly ListedDispute[]>
  countOpenDisputes(): Promise<number>
  /** Throws `not_found`. */
  getDispute(operator: Operator, disputeId: string): Promise<OpenedDispute>
  /** Throws `not_found`, `conflict`, `invalid_request`. */
  decide(
    operator: Operator,
    decision: { readonly disputeId: string; readonly units?: number | undefined; readonly decision: string },
  ): Promise<void>
}

type ReceiptDeps = Pick<Deps, 'baseUrl' | 'config' | 'db' | 'jobs' | 'log' | 'mail' | 'newId'>

export function createReceiptServices(deps: ReceiptDeps): ReceiptServices {
  const { db, log } = deps
  const onError = (error: unknown) => log.error({ err: error }, 'a receipt file broke off')
  return {
    list: (asked) => readReceipts(db, asked),
    download: (asked) => downloadReceipts(db, { ...asked, onError }),
    useOverTime: (which) => readUse(db, which),
    find: (receipt) => readReceipt(db, receipt),
    dispute: (dispute) => openDispute(deps, dispute),
    async listDisputes(operator, isOpen) {
      mustOperate(operator)
      return listDisputes(db, isOpen)
    },
    countOpenDisputes: () => countOpenDisputes(db),
    async getDispute(operator, disputeId) {
      mustOperate(operator)
      const dispute = await findDispute(db, disputeId)
      if (dispute === undefined) throw new AppError('not_found')
      const which = { agentId: dispute.agent.id, entryId: dispute.entry.id }
      return { ...dispute, creditable: (await creditableUnits(db, which)) ?? 0 }
    },
    async decide(operator, decision) {
      mustOperate(operator)
      await decideDispute(deps, { ...decision, operatorId: operator.id })
    },
  }
}

function mustOperate({ isOperator }: Operator): void {
  if (!isOperator) throw new AppError('forbidden')
}
