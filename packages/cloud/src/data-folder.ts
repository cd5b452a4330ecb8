import { linkSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { join, resolve } from "node:path"
import { isAlive, startOf } from "./process.ts"
import { replaceFile } from "./own-file.ts"
import { freshSecrets, readSecrets } from "./secrets.ts"
import type { Secrets } from "./service.ts"

/** How the engines' files below a data folder are to be read. A change that older code cannot read is a new number. */
const FORMAT = 1

interface Holder {
  pid: number
  /** When its process started, in the kernel's ticks; a process id alone is given again. */
  started?: string
}

export interface DataFolder {
  path: string
  /** Ports of the last run: addresses stand in tokens and bookmarks. */
  ports: readonly number[]
  rememberPorts(ports: readonly number[]): void
  secrets: Secrets
  /** Lets others have the folder. */
  release(): void
}

/** JSON of a file, or undefined where there is none that can be read. */
const read = (file: string): any => {
  try {
    return JSON.parse(readFileSync(file, "utf8"))
  } catch {
    return undefined
  }
}

const holderOf = (file: string): Holder | undefined => read(file)

/** One cloud per folder. The lock of a process that is dead is taken over; two that try at once do not both get it. */
function lock(path: string): () => void {
  const file = join(path, "lock")
  const own = join(path, `lock.${process.pid}`)
  writeFileSync(own, JSON.stringify({ pid: process.pid, started: startOf(process.pid) } satisfies Holder))
  try {
    for (let attempt = 0; attempt < 10; attempt++) {
      try {
        linkSync(own, file)
        return () => holderOf(file)?.pid === process.pid && rmSync(file, { force: true })
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error
      }
      const holder = holderOf(file)
      if (holder && isAlive(holder.pid, holder.started))
        throw new Error(
          `${path} is in use by the local cloud with process id ${holder.pid}: stop that one, or start this one with another folder (--data <folder>).`,
        )
      takeAway(file, holder)
    }
    throw new Error(`${path} could not be locked: other local clouds are starting with it. Try again.`)
  } finally {
    rmSync(own, { force: true })
  }
}

/** Removes the lock of `dead`, unless somebody else has taken it over in between. */
function takeAway(file: string, dead: Holder | undefined): void {
  const aside = `${file}.dead.${process.pid}`
  try {
    renameSync(file, aside)
    if (holderOf(aside)?.pid !== dead?.pid) linkSync(aside, file)
  } catch {
    return // Another one was faster; the next attempt sees what it made.
  } finally {
    rmSync(aside, { force: true })
  }
}

/** Takes a data folder for this process, and makes it when it is not there. Refuses what is another's, in use, or of another format. */
export function openDataFolder(folder: string): DataFolder {
  const path = resolve(folder)
  const formatFile = join(path, "backline.json")
  mkdirSync(path, { recursive: true })
  const release = lock(path)
  let secrets: Secrets
  try {
    const known = read(formatFile) as { format: unknown; secrets?: unknown } | undefined
    const others = readdirSync(path).filter((name) => !name.startsWith("lock") && !/^backline\.json\.(new|next)$/.test(name))
    if (!known && others.length > 0)
      throw new Error(
        `${path} is no data folder of Backline (${others.slice(0, 3).join(", ")} …): name an empty or a new one, or remove it if it is one that broke.`,
      )
    if (known && known.format !== FORMAT)
      throw new Error(
        `${path} holds data of format ${String(known.format)}, and this version reads format ${FORMAT}: start with another folder, or with the version that wrote it.`,
      )
    const kept = readSecrets(known?.secrets)
    secrets = kept ?? { ...freshSecrets(), ...(known && { names: "" }) }
    if (!kept) replaceFile(formatFile, `${JSON.stringify({ format: FORMAT, secrets })}\n`, 0o600)
  } catch (error) {
    release()
    throw error
  }
  const portsFile = join(path, "ports.json")
  const ports: unknown = read(portsFile)
  return {
    path,
    ports: Array.isArray(ports) ? ports.filter((port) => Number.isInteger(port)) : [],
    rememberPorts: (chosen) => writeFileSync(portsFile, JSON.stringify(chosen)),
    secrets,
    release,
  }
}
