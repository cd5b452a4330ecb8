/** So many frames within the window make a topic busy. */
const FRAMES = 5
const WINDOW_MS = 1_000
const TOPICS = 1_000

/**
 * Whether one function hears so much of a topic that its frames should travel together. Each function judges by itself, without a write: Lambda
 * keeps few functions busy rather than many half idle, so a topic of 100 frames a second is noticed by each within a few frames.
 */
export function busyness() {
  const heard = new Map<string, number[]>()
  return (topic: string, now: number): boolean => {
    const times = heard.get(topic) ?? []
    times.push(now)
    while (times.length > FRAMES || now - times[0]! > WINDOW_MS) times.shift()
    heard.delete(topic)
    heard.set(topic, times)
    if (heard.size > TOPICS) heard.delete(heard.keys().next().value!)
    return times.length >= FRAMES
  }
}
