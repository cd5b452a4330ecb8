import { type FSWatcher, watch } from "node:fs"
import { readdir, stat } from "node:fs/promises"
import { basename, dirname, join } from "node:path"

/**
 * Tells of files below folders (or of single files) that were written, made, removed or replaced. Folders are watched, not files:
 * many editors write a new file and rename it over the old one, which ends a watch on the file. `fs.watch`'s own `recursive` does
 * that on Linux with Node 20, and polls for what is new.
 */
export class Watch {
  /** Folder → its watcher, and the names that count in it; all of them where there are none. */
  private readonly watched = new Map<string, { watcher: FSWatcher; names: Set<string> | undefined }>()
  private stopped = false

  constructor(
    private readonly changed: (path: string) => void,
    private readonly failed: (message: string) => void = () => {},
  ) {}

  /** Resolves when the watch stands. What is not there is left out. */
  async add(path: string): Promise<void> {
    const found = await stat(path).catch(() => undefined)
    if (found?.isDirectory()) await this.tree(path)
    else if (found) this.folder(dirname(path), basename(path))
  }

  stop(): void {
    this.stopped = true
    for (const { watcher } of this.watched.values()) watcher.close()
    this.watched.clear()
  }

  private async tree(path: string): Promise<void> {
    this.folder(path)
    const entries = await readdir(path, { withFileTypes: true }).catch(() => [])
    for (const entry of entries) if (entry.isDirectory() && entry.name !== "node_modules") await this.tree(join(path, entry.name))
  }

  private folder(path: string, name?: string): void {
    const known = this.watched.get(path)
    if (known) {
      if (name === undefined) known.names = undefined
      else known.names?.add(name)
      return
    }
    if (this.stopped) return
    try {
      const watcher = watch(path, (event, changed) => {
        const names = this.watched.get(path)?.names
        if (changed === null || (names && !names.has(changed))) return
        this.changed(join(path, changed))
        if (event === "rename") void this.appeared(join(path, changed))
      })
      watcher.on("error", () => this.forget(path))
      this.watched.set(path, { watcher, names: name === undefined ? undefined : new Set([name]) })
    } catch (error) {
      // ENOSPC: the system's limit is fs.inotify.max_user_watches.
      this.failed(
        `${path} is not watched, changes in it need a restart: ${error instanceof Error ? error.message : String(error)}`,
      )
    }
  }

  /** A new folder may hold files already, which nobody told of. */
  private async appeared(path: string): Promise<void> {
    const found = await stat(path).catch(() => undefined)
    if (!found) return this.forget(path)
    if (!found.isDirectory() || this.watched.has(path)) return
    await this.tree(path)
    const names = await readdir(path, { recursive: true }).catch(() => [])
    for (const name of names) this.changed(join(path, name))
  }

  private forget(folder: string): void {
    this.watched.get(folder)?.watcher.close()
    this.watched.delete(folder)
  }
}
