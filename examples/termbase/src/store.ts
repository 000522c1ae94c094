// What the agent keeps: projects, the texts that were added to them, and their terms. One SQLite file.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { FoundTerm } from './terms.ts'

export interface Project {
  readonly id: string
  readonly userId: string
  readonly name: string
  /** `opening` and `closing`: Rialto may or may not have been told yet. `closed`: only its id and its texts' are left. */
  readonly state: 'opening' | 'open' | 'closing' | 'closed'
}

export interface ListedProject extends Project {
  readonly terms: number
}

export interface Store {
  /** Before Rialto is asked, so that a crash leaves a trace. False: this id is somebody else's project, or a deleted one. */
  begin(project: Pick<Project, 'id' | 'userId' | 'name'>): boolean
  /** Rialto has let it in. */
  open(id: string): void
  /** From now on nobody sees it. */
  beginToClose(id: string): void
  /** Forgets all but the ids: Rialto counts each once, so whoever sent an old form again would get what it made for nothing. */
  close(id: string): void
  /** As if it had never been begun. */
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

  const inTransaction = (work: () => void): void => {
    db.exec('BEGIN IMMEDIATE')
    try {
      work()
      db.exec('COMMIT')
    } catch (error) {
      db.exec('ROLLBACK')
      throw error
    }
  }
  const find: Store['find'] = ({ id, userId }) => findProject.get(id, userId) as Project | undefined
  return {
    begin({ id, userId, name }) {
      insertProject.run(id, userId, name)
      return ['opening', 'open'].includes(find({ id, userId })?.state ?? '')
    },
    open: (id) => void db.prepare(`UPDATE projects SET state = 'open' WHERE id = ? AND state = 'opening'`).run(id),
    beginToClose: (id) =>
      void db.prepare(`UPDATE projects SET state = 'closing' WHERE id = ? AND state <> 'closed'`).run(id),
    close: (id) =>
      inTransaction(() => {
        db.prepare('DELETE FROM terms WHERE project_id = ?').run(id)
        db.prepare(`UPDATE projects SET state = 'closed', name = '' WHERE id = ?`).run(id)
      }),
    remove: (id) => void db.prepare(`DELETE FROM projects WHERE id = ? AND state = 'opening'`).run(id),
    find,
    list: (userId) =>
      rows<ListedProject>(
        `SELECT ${columns}, (SELECT count(*) FROM terms WHERE project_id = id) AS terms FROM projects
         WHERE user_id = ? AND state = 'open' ORDER BY created_at DESC LIMIT ?`,
        userId,
        projectsShownMax,
      ),
    unsettled: () => rows<Project>(`SELECT ${columns} FROM projects WHERE state IN ('opening', 'closing')`),
    addText: ({ textId, projectId, terms }) =>
      inTransaction(() => {
        const { changes } = insertText.run(textId, projectId)
        if (changes === 1) for (const { term, count, example } of terms) upsertTerm.run(projectId, term, count, example)
      }),
    terms: (projectId) =>
      rows<FoundTerm>(
        'SELECT term, count, example FROM terms WHERE project_id = ? ORDER BY count DESC, term LIMIT ?',
        projectId,
        termsShownMax,
      ),
  }
}
