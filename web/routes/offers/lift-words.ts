import type { OpenLift } from '#src/features/offers/index.ts'
import { formatDay } from '../../ui/time.tsx'

interface Words {
  readonly title: string
  readonly intro: string
}

/** What stops the person, if anything does, and what becomes of what they asked for. */
export function liftWords({ reason, meter, metric: { unit }, agent: { name } }: OpenLift): Words {
  switch (reason) {
    case undefined:
      return {
        title: meter.remaining === null ? `Unlimited ${unit}` : `${meter.remaining.toLocaleString('en')} ${unit} left`,
        intro: `You can go on at ${name}.`,
      }
    case 'quota_exceeded': {
      const again = meter.resetsAt === null ? '' : ` You start again from zero on ${formatDay(meter.resetsAt)}.`
      return { title: `No ${unit} left`, intro: `What was denied was not counted.${again}` }
    }
    case 'not_included':
      return {
        title: `Your tier has no ${unit}`,
        intro: `${name} was asked for something that your tier does not include.`,
      }
    case 'no_subscription':
      return { title: `Start ${name}`, intro: 'It knows who you are. Choose what you want to use.' }
    case 'payment_required':
      return { title: 'A payment is missing', intro: `You can go on at ${name} once your subscription is paid.` }
    case 'suspended':
      return {
        title: `${name} is closed for now`,
        intro: 'The marketplace has suspended it. What you used so far is kept.',
      }
  }
}
