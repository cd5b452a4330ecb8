import { Recent } from "../recent.ts"

/** Frames that are remembered, fading within about a second, at which a topic is busy: four a second and more. */
const BUSY = 4
const FADING_MS = 1_000
const TOPICS = 1_000

/** What one frame can count for: a gap in the numbers that this function saw tells of many, not of all that ever were. */
const MOST = 10

interface Heard {
  at: number
  seq: number | undefined
  frames: number
}

/**
 * Whether a topic has so many frames that they should travel together. Each function judges by itself, without a write: by what it heard, and by
 * the numbers that frames of a log carry, which also tell of those that other functions sent.
 */
export function busyness() {
  const topics = new Recent<Heard>(TOPICS)
  return (topic: string, now: number, seq?: number): boolean => {
    const last = topics.get(topic)
    const faded = last ? last.frames * Math.exp(-Math.max(0, now - last.at) / FADING_MS) : 0
    const steps = last?.seq !== undefined && seq !== undefined ? seq - last.seq : 1
    const frames = faded + Math.min(MOST, Math.max(1, steps))
    topics.set(topic, { at: now, seq: seq ?? last?.seq, frames })
    return frames >= BUSY
  }
}
