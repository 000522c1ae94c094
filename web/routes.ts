import { index, route, type RouteConfig } from '@react-router/dev/routes'

export default [
  index('routes/home/home.tsx'),
  route('agents', 'routes/catalog/agents.tsx'),
  route('agents/:slug', 'routes/catalog/agent.tsx'),
  route('api/docs', 'routes/api-docs/api-docs.tsx'),

  route('theme', 'routes/theme.ts'),
  route('dev/ui', 'routes/dev/ui.tsx'),
  route('*', 'routes/not-found.ts'),
] satisfies RouteConfig
