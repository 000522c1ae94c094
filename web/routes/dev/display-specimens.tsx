import BadgeCheck from 'lucide-react/icons/badge-check'
import Clock from 'lucide-react/icons/clock'
import Info from 'lucide-react/icons/info'
import OctagonX from 'lucide-react/icons/octagon-x'
import { ArchIcon } from '#web/ui/arch/arch-icon.tsx'
import { Badge } from '#web/ui/badge.tsx'
import { Breadcrumbs } from '#web/ui/breadcrumbs.tsx'
import { ButtonLink } from '#web/ui/button.tsx'
import { Card } from '#web/ui/card.tsx'
import { EmptyState } from '#web/ui/empty-state.tsx'
import { KeyFigures } from '#web/ui/key-figures.tsx'
import { Meter } from '#web/ui/meter.tsx'
import { Notice } from '#web/ui/notice.tsx'
import { Pagination } from '#web/ui/pagination.tsx'
import { Receipt } from '#web/ui/receipt.tsx'
import { type Column, Table } from '#web/ui/table.tsx'
import { RemovableChip, TagChip } from '#web/ui/tag-chip.tsx'
import { Row, Specimens } from './specimens.tsx'

const ledger = [
  { id: 'evt_1', what: 'Messages', units: 12, left: 988 },
  { id: 'evt_2', what: 'Messages', units: 176, left: 812 },
]
type LedgerRow = (typeof ledger)[number]

const columns: readonly Column<LedgerRow>[] = [
  { key: 'what', label: 'Metric', cell: ({ what }) => what },
  { key: 'units', label: 'Units', isFigure: true, cell: ({ units }) => units },
  { key: 'left', label: 'Left', isFigure: true, cell: ({ left }) => left },
]

const archSlugs = Array.from({ length: 24 }, (_, place) => `specimen-${place + 1}`)

/** `prefix` keeps landmarks apart where the same parts are shown twice. */
export const DisplaySpecimens = ({ prefix }: { prefix: string }) => (
  <>
    <Specimens title="Type">
      <p className="display text-64">Sixty-four</p>
      <p className="display text-48">Forty-eight</p>
      <p className="display text-36">Thirty-six</p>
      <p className="display text-28">Twenty-eight</p>
      <p className="display text-22">Twenty-two</p>
      <p className="text-18">Eighteen</p>
      <p>Sixteen, the body of public pages</p>
      <p className="text-14 text-muted">Fourteen, the body of consoles, muted</p>
      <p className="text-12 text-faint">Twelve, the smallest, faint</p>
      <p className="figures">0123456789 in the ledger face</p>
    </Specimens>

    <Specimens title="Badge and chip">
      <Row>
        <Badge>Unclaimed</Badge>
        <Badge tone="info" icon={Info}>
          New
        </Badge>
        <Badge tone="good" icon={BadgeCheck}>
          Verified
        </Badge>
        <Badge tone="warning" icon={Clock}>
          Trial
        </Badge>
        <Badge tone="bad" icon={OctagonX}>
          Suspended
        </Badge>
      </Row>
      <Row>
        <TagChip name="Coding" href="#parts" />
        <RemovableChip name="Coding" href="#parts" />
      </Row>
    </Specimens>

    <Specimens title="Notice">
      <Notice title="Your trial ends in three days">The first charge is €9.00 on 3 December.</Notice>
      <Notice tone="good" title="Saved">
        The draft is kept; nobody else sees it yet.
      </Notice>
      <Notice tone="warning" title="80 % used">
        188 of 1,000 messages are left until 3 December.
      </Notice>
      <Notice tone="bad" title="The card was declined">
        Nothing was charged. Try another card, or ask your bank.
      </Notice>
    </Specimens>

    <Specimens title="Meter">
      <Meter
        label="Messages"
        unit="messages"
        used={812}
        limit={{ kind: 'capped', included: 1000, oneCycle: 0, permanent: 0 }}
        resets="resets 3 Dec"
      />
      <Meter
        label="Tokens"
        unit="tokens"
        used={1650}
        limit={{ kind: 'capped', included: 1000, oneCycle: 500, permanent: 300 }}
        resets="resets 3 Dec"
      />
      <Meter
        label="Runs"
        unit="runs"
        used={100}
        limit={{ kind: 'capped', included: 60, oneCycle: 20, permanent: 20 }}
      />
      <Meter label="Projects" unit="projects" used={3} limit={{ kind: 'unlimited' }} />
      <Meter label="Seats" unit="seats" used={0} limit={{ kind: 'denied' }} />
    </Specimens>

    <Specimens title="Key figures, table, receipt">
      <KeyFigures
        figures={[
          { label: 'Calls today', value: '1,204' },
          { label: 'Median latency', value: '38', unit: 'ms' },
          { label: 'Owed', value: '€412.50' },
        ]}
      />
      <Table caption="Usage" columns={columns} rows={ledger} rowKey={(row) => row.id} />
      <Table caption="Usage, dense" columns={columns} rows={ledger} rowKey={(row) => row.id} size="console" />
      <Receipt
        title="Messages"
        reference="evt_9f…c21"
        lines={[
          { label: 'Included', amount: '+1,000', balance: '1,000' },
          { label: 'Add-on', detail: 'granted, this cycle', amount: '+200', balance: '1,200' },
          { label: 'Used', detail: '3 Nov to 22 Nov', amount: '−812', balance: '388' },
        ]}
        total={{ label: 'Left', amount: '388' }}
      />
    </Specimens>

    <Specimens title="Card, breadcrumbs, pages, empty state">
      <Breadcrumbs
        label={`Breadcrumb, ${prefix}`}
        crumbs={[{ label: 'Agents', href: '#parts' }, { label: 'OpenHands' }]}
      />
      <Card>A raised sheet with a hairline.</Card>
      <Pagination label={`Pages, ${prefix}`} previousHref="#parts" nextHref="#parts" />
      <EmptyState
        level="h4"
        title="No subscriptions yet"
        action={
          <ButtonLink href="#parts" kind="secondary">
            Browse agents
          </ButtonLink>
        }
      >
        Agents you subscribe to appear here with their meters.
      </EmptyState>
    </Specimens>

    <Specimens title="Arches">
      <ul className="flex flex-wrap gap-12">
        {archSlugs.map((slug) => (
          <li key={slug} className="flex items-end gap-4">
            <ArchIcon slug={slug} className="size-tile" />
            <ArchIcon slug={slug} className="size-tile-s" />
          </li>
        ))}
      </ul>
    </Specimens>
  </>
)
