import { webContext } from '#web/context.ts'
import { PageMeta } from '#web/shell/page-meta.tsx'
import { Badge } from '#web/ui/badge.tsx'
import { InlineCode } from '#web/ui/inline-code.tsx'
import { Table } from '#web/ui/table.tsx'
import type { Route } from './+types/api-docs.ts'
import { operationsOf, shapesOf } from './operations.ts'
import type { DescribedOperation, DescribedShape } from './operations.ts'

export function loader({ context }: Route.LoaderArgs) {
  const { apiDocument, site } = context.get(webContext)
  const document = apiDocument()
  return {
    title: document.info.title,
    version: document.info.version,
    description: document.info.description ?? '',
    operations: operationsOf(document),
    shapes: shapesOf(document),
    apiUrl: `${site.baseUrl}/api`,
  }
}

/** The HTTP API, read from the same document that machines read. */
export default function ApiDocs({ loaderData }: Route.ComponentProps) {
  const { version, description, operations, shapes, apiUrl } = loaderData
  return (
    <div className="wrap-page flex flex-col gap-48 py-48">
      <PageMeta
        title="HTTP API"
        description="The marketplace’s HTTP API, endpoint by endpoint."
        canonicalPath="/api/docs"
      />
      <header className="flex flex-col gap-12">
        <h1 className="display text-36">HTTP API</h1>
        <p className="prose">
          <InlineCode text={description} />
        </p>
        <p className="text-14 text-muted">
          Version {version} ·{' '}
          <a href="/api/openapi.json" className="underline underline-offset-link">
            OpenAPI 3.1 document
          </a>{' '}
          · base address <code className="font-mono wrap-anywhere">{apiUrl}</code>
        </p>
        <nav aria-label="Endpoints">
          <ul className="flex flex-col gap-8">
            {operations.map(({ id, method, path, summary }) => (
              <li key={id} className="flex flex-wrap items-center gap-8">
                <Badge>{method}</Badge>
                <a href={`#${id}`} className="font-mono text-14 wrap-anywhere">
                  {path}
                </a>
                <span className="text-14 text-muted">{summary}</span>
              </li>
            ))}
          </ul>
        </nav>
      </header>
      {operations.map((operation) => (
        <OperationSection key={operation.id} operation={operation} apiUrl={apiUrl} />
      ))}
      <section aria-labelledby="shapes" className="flex flex-col gap-24">
        <h2 id="shapes" className="display text-28">
          Shapes
        </h2>
        {shapes.map((shape) => (
          <ShapeSection key={shape.name} shape={shape} />
        ))}
      </section>
    </div>
  )
}

function OperationSection({ operation, apiUrl }: { operation: DescribedOperation; apiUrl: string }) {
  const { id, method, path, summary, description, parameters, answers } = operation
  return (
    <section aria-labelledby={id} className="flex flex-col gap-16">
      <h2 id={id} className="display text-28">
        {summary}
      </h2>
      <p className="flex flex-wrap items-center gap-8">
        <Badge tone="info">{method}</Badge> <code className="font-mono text-14 wrap-anywhere">{path}</code>
      </p>
      {description !== '' && (
        <p className="prose">
          <InlineCode text={description} />
        </p>
      )}
      {parameters.length > 0 && (
        <Table
          caption={`Parameters of ${summary}`}
          rows={parameters}
          rowKey={(row) => row.name}
          columns={[
            { key: 'name', label: 'Parameter', cell: (row) => <code className="font-mono text-14">{row.name}</code> },
            { key: 'place', label: 'In', cell: (row) => row.place },
            { key: 'type', label: 'Type', cell: (row) => row.type },
            {
              key: 'description',
              label: 'What it is',
              cell: (row) => <Words text={`${row.isRequired ? 'Required. ' : ''}${row.description}`} />,
            },
          ]}
        />
      )}
      <Table
        caption={`Answers of ${summary}`}
        rows={answers}
        rowKey={(row) => row.status}
        columns={[
          { key: 'status', label: 'Status', cell: (row) => <code className="font-mono text-14">{row.status}</code> },
          { key: 'description', label: 'When', cell: (row) => <Words text={row.description} /> },
          {
            key: 'shape',
            label: 'Body',
            cell: (row) => (row.shape === undefined ? (row.contentType ?? 'none') : <ShapeLink name={row.shape} />),
          },
        ]}
      />
      {method === 'GET' && (
        <pre className="rounded-card bg-sunken p-16 text-14 whitespace-pre-wrap wrap-anywhere">
          <code>{`curl '${apiUrl}${path}'`}</code>
        </pre>
      )}
    </section>
  )
}

/** In one piece: on a phone each child of a cell would stand beside the others. */
const Words = ({ text }: { text: string }) => (
  <span className="min-w-0">
    <InlineCode text={text} />
  </span>
)

const ShapeLink = ({ name }: { name: string }) => <a href={`#shape-${name}`}>{name}</a>

function ShapeSection({ shape }: { shape: DescribedShape }) {
  return (
    <section aria-labelledby={`shape-${shape.name}`} className="flex flex-col gap-8">
      <h3 id={`shape-${shape.name}`} className="text-18 font-medium">
        {shape.name}
      </h3>
      {shape.description !== '' && (
        <p className="text-14 text-muted">
          <InlineCode text={shape.description} />
        </p>
      )}
      <Table
        caption={`Fields of ${shape.name}`}
        rows={shape.fields}
        rowKey={(row) => row.name}
        columns={[
          { key: 'name', label: 'Field', cell: (row) => <code className="font-mono text-14">{row.name}</code> },
          { key: 'type', label: 'Type', cell: (row) => `${row.type}${row.isRequired ? '' : ' (optional)'}` },
          { key: 'description', label: 'What it is', cell: (row) => <Words text={row.description} /> },
        ]}
      />
    </section>
  )
}
