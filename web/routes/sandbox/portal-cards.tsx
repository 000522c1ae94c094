import type { SandboxPortal } from '#src/features/sandbox/index.ts'
import { Badge } from '../../ui/badge.tsx'
import { Table } from '../../ui/table.tsx'
import { TextButton } from '../account/text-button.tsx'

type PortalCard = Extract<SandboxPortal, { kind: 'open' }>['cards'][number]

/** Saved cards: which one pays, and what can be done with the others. */
export const PortalCards = ({ cards }: { cards: readonly PortalCard[] }) => (
  <Table
    caption="Saved cards"
    rows={cards}
    rowKey={({ id }) => id}
    columns={[
      {
        key: 'card',
        label: 'Card',
        cell: (card) => (
          <span className="inline-flex flex-wrap items-center gap-8">
            <span className="capitalize">{card.brand}</span>
            <span className="figures">…{card.last4}</span>
            {card.isDefault && <Badge tone="info">Pays</Badge>}
          </span>
        ),
      },
      { key: 'expires', label: 'Until', cell: ({ expires }) => <span className="figures">{expires}</span> },
      { key: 'actions', label: 'Actions', cell: (card) => <Actions card={card} /> },
    ]}
  />
)

const Actions = ({ card: { id, last4, isDefault, isInUse } }: { card: PortalCard }) => (
  <form method="post" className="flex flex-wrap gap-16">
    <input type="hidden" name="id" value={id} />
    {!isDefault && (
      <TextButton name="intent" value="use" aria-label={`Pay with it: the card ending in ${last4}`}>
        Pay with it
      </TextButton>
    )}
    {isInUse ? (
      <span className="text-14 text-muted">In use</span>
    ) : (
      <TextButton name="intent" value="remove" aria-label={`Remove the card ending in ${last4}`}>
        Remove
      </TextButton>
    )}
  </form>
)
