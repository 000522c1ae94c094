// What the agent keeps: projects, the texts that were added to them, and their terms. One SQLite file.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { FoundTerm } from './terms.ts'

export interface Project {
  readonly id: string
  readonly userId: string
  readonly name: string
  /** `opening` and `closing`: Rialto may or may not have been told yet. */
  readonly state: 'opening' | 'open' | 'closing'
}

export interface ListedProject extends Project {
  readonly terms: number
}

export interface Store {
  /** Before Rialto is asked, so that a crash leaves a trace. False: somebody else's project has this id. */
  begin(project: Pick<Project, 'id' | 'userId' | 'name'>): boolean
  setState(id: string, state: Project['state']): void
  remove(id: string): void
  find(of: { readonly id: string; readonly userId: string }): Project | undefined
  /** Open ones, newest first. */
  list(userId: string): ListedProject[]
  /** Those that a crash left half-way. */
  unsettled(): Project[]
  /** Once per `textId`, however often it is called. */
  addText(text: { readonly textId: string; readonly projectId: string; readonly terms: readonly FoundTerm[] }): void
  /** Commonest first. */
  terms(projectId: string): FoundTerm[]
}

const termsShownMax = 100
const projectsShownMax = 1_000

export function openStore(directory: string): Store {
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const db = new DatabaseSync(join(directory, 'termbase.sqlite'))
  db.exec(`
    PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;
    CREATE TABLE IF NOT EXISTS projects (
      id TEXT PRIMARY KEY, user_id TEXT NOT NULL, name TEXT NOT NULL, state TEXT NOT NULL,
      created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))) STRICT;
    CREATE INDEX IF NOT EXISTS projects_user_id ON projects (user_id, created_at);
    CREATE TABLE IF NOT EXISTS texts (
      id TEXT PRIMARY KEY, project_id TEXT NOT NULL REFERENCES projects ON DELETE CASCADE) STRICT;
    CREATE INDEX IF NOT EXISTS texts_project_id ON texts (project_id);
    CREATE TABLE IF NOT EXISTS terms (
      project_id TEXT NOT NULL REFERENCES projects ON DELETE CASCADE, term TEXT NOT NULL, count INTEGER NOT NULL,
      example TEXT NOT NULL, PRIMARY KEY (project_id, term)) STRICT, WITHOUT ROWID;`)
  const columns = 'id, user_id AS userId, name, state'
  const insertProject = db.prepare(
    `INSERT INTO projects (id, user_id, name, state) VALUES (?, ?, ?, 'opening') ON CONFLICT DO NOTHING`,
  )
  const findProject = db.prepare(`SELECT ${columns} FROM projects WHERE id = ? AND user_id = ?`)
  const insertText = db.prepare('INSERT INTO texts (id, project_id) VALUES (?, ?) ON CONFLICT DO NOTHING')
  const upsertTerm = db.prepare(`
    INSERT INTO terms (project_id, term, count, example) VALUES (?, ?, ?, ?)
    ON CONFLICT (project_id, term) DO UPDATE SET count = count + excluded.count`)
  // The rows have the shape that their SELECT names; SQLite's driver knows no types.
  const rows = <T>(query: string, ...values: (string | number)[]): T[] => db.prepare(query).all(...values) as T[]

  const find: Store['find'] = ({ id, userId }) => findProject.get(id, userId) as Project | undefined
  return {
    begin({ id, userId, name }) {
      insertProject.run(id, userId, name)
      return find({ id, userId }) !== undefined
    },
    setState: (id, state) => void db.prepare('UPDATE projects SET state = ? WHERE id = ?').run(state, id),
    remove: (id) => void db.prepare('DELETE FROM projects WHERE id = ?').run(id),
    find,
    list: (userId) =>
      rows<ListedProject>(
        `SELECT ${columns}, (SELECT count(*) FROM terms WHERE project_id = id) AS terms FROM projects
         WHERE user_id = ? AND state = 'open' ORDER BY created_at DESC LIMIT ?`,
        userId,
        projectsShownMax,
      ),
    unsettled: () => rows<Project>(`SELECT ${columns} FROM projects WHERE state <> 'open'`),
    addText({ textId, projectId, terms }) {
      db.exec('BEGIN IMMEDIATE')
      try {
        const { changes } = insertText.run(textId, projectId)
        if (changes === 1) for (const { term, count, example } of terms) upsertTerm.run(projectId, term, count, example)
        db.exec('COMMIT')
      } catch (error) {
        db.exec('ROLLBACK')
        throw error
      }
    },
    terms: (projectId) =>
      rows<FoundTerm>(
        'SELECT term, count, example FROM terms WHERE project_id = ? ORDER BY count DESC, term LIMIT ?',
        projectId,
        termsShownMax,
      ),
  }
}
