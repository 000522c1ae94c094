import { recordAudit } from '#src/db/audit.ts'
import { isUniqueViolation } from '#src/db/errors.ts'
import { organization, organizationMember } from '#src/db/schema/index.ts'
import { newId } from '#src/lib/ids.ts'
import type { Caller, RateLimited } from '../accounts/context.ts'
import { parseName } from '../accounts/input.ts'
import { getPerson } from '../people/context.ts'
import type { PeopleContext } from '../people/context.ts'
import { isSlug, nameLengthMax, slugOf } from './rules.ts'

export interface OrganizationForm {
  readonly name: string
  /** Empty: made of the name. */
  readonly slug: string
}

export interface OrganizationProblems {
  readonly name?: 'missing' | 'too_long' | 'unprintable'
  readonly slug?: 'malformed' | 'taken'
}

export type CreateOrganizationResult =
  | { readonly kind: 'created'; readonly slug: string }
  | { readonly kind: 'invalid'; readonly problems: OrganizationProblems }
  /** The person's address has to be confirmed first. */
  | { readonly kind: 'unverified' }
  | RateLimited

interface Create {
  readonly caller: Caller
  readonly form: OrganizationForm
}

/** Makes an organization whose first owner is whoever makes it. */
export async function createOrganization(
  context: PeopleContext,
  { caller, form }: Create,
): Promise<CreateOrganizationResult> {
  const person = await getPerson(context, caller)
  if (!person.emailVerified) return { kind: 'unverified' }
  const name = parseName(form.name)
  const problem = name.problem ?? ([...name.value].length > nameLengthMax ? 'too_long' : undefined)
  if (problem !== undefined) return { kind: 'invalid', problems: { name: problem } }
  const slug = form.slug.trim() === '' ? slugOf(name.value) : form.slug.trim().toLowerCase()
  // Not an address that the pages need for themselves.
  if (!isSlug(slug) || slug === 'new') return { kind: 'invalid', problems: { slug: 'malformed' } }
  const retryAfterSeconds = await context.auth.limits.take({ 'organization:account': [person.id] })
  if (retryAfterSeconds !== undefined) return { kind: 'rate_limited', retryAfterSeconds }

  const id = newId()
  try {
    await context.db.transaction(async (tx) => {
      await tx.insert(organization).values({ id, name: name.value, slug })
      await tx.insert(organizationMember).values({ id: newId(), organizationId: id, userId: person.id, role: 'owner' })
      await recordAudit(tx, {
        userId: person.id,
        orgId: id,
        action: 'organization.create',
        resource: 'organization',
        resourceId: id,
      })
    })
  } catch (error) {
    if (isUniqueViolation(error)) return { kind: 'invalid', problems: { slug: 'taken' } }
    throw error
  }
  return { kind: 'created', slug }
}
