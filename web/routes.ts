import { index, route, type RouteConfig } from '@react-router/dev/routes'

export default [
  index('routes/home/home.tsx'),
  route('agents', 'routes/catalog/agents.tsx'),
  route('agents/:slug', 'routes/catalog/agent.tsx'),
  route('sign-in', 'routes/account-access/sign-in.tsx'),
  route('sign-in/two-factor', 'routes/account-access/two-factor.tsx'),
  route('sign-up', 'routes/account-access/sign-up.tsx'),
  route('sign-in/passkey', 'routes/account-access/passkey.ts'),
  route('sign-out', 'routes/account-access/sign-out.tsx'),
  route('verify-email', 'routes/account-access/verify-email.tsx'),
  route('forgot-password', 'routes/account-access/forgot-password.tsx'),
  route('reset-password', 'routes/account-access/reset-password.tsx'),

  route('continue', 'routes/oauth/continue.tsx'),
  route('consent', 'routes/oauth/consent.tsx'),
  route('auth-error', 'routes/oauth/auth-error.tsx'),
  route('signed-out', 'routes/oauth/signed-out.tsx'),
  route('device', 'routes/oauth/device.tsx'),

  route('api/docs', 'routes/api-docs/api-docs.tsx'),

  route('account', 'routes/account/overview.tsx'),
  route('account/profile', 'routes/account/profile.tsx'),
  route('account/security', 'routes/account/security/security.tsx'),
  route('account/security/two-factor', 'routes/account/security/two-factor.tsx'),
  route('account/sessions', 'routes/account/sessions.tsx'),
  route('account/security/passkey-options', 'routes/account/security/passkey-options.ts'),
  route('account/organizations', 'routes/account/organizations/organizations.tsx'),
  route('account/organizations/new', 'routes/account/organizations/new-organization.tsx'),
  route('account/organizations/:org', 'routes/account/organizations/organization.tsx'),
  route('invitations/:id', 'routes/account/organizations/invitation.tsx'),
  route('account/export', 'routes/account/export.tsx'),
  route('account/export/file', 'routes/account/export-file.ts'),
  route('confirm/:token', 'routes/account/confirm-email.tsx'),

  route('theme', 'routes/theme.ts'),
  route('dev/ui', 'routes/dev/ui.tsx'),
  route('dev/mail', 'routes/dev/mail.tsx'),
  route('dev/mail/preview/:template', 'routes/dev/mail-preview.tsx'),
  route('dev/mail/:id', 'routes/dev/mail-message.tsx'),
  route('*', 'routes/not-found.tsx'),
] satisfies RouteConfig
