import type { Page } from "playwright-core"

/** A page that was just resized or opened may be about to change: what is found must be there a moment later too. */
const SETTLED_MS = 400

/**
 * What would keep someone from using a page: controls without a name, ids that stand twice or point nowhere, text too faint for its
 * ground (WCAG 2.2 AA), controls too small to hit. One line per finding.
 */
export async function barriers(page: Page): Promise<string[]> {
  const found = await look(page)
  if (found.length === 0) return found
  await page.waitForTimeout(SETTLED_MS)
  return look(page)
}

const look = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const found: string[] = []
    const visible = (element: Element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true })
    const label = (element: Element) =>
      `${element.tagName.toLowerCase()}.${String(element.getAttribute("class") ?? "").split(" ")[0]} “${(element.textContent ?? "").trim().slice(0, 30)}”`

    const ids = [...document.querySelectorAll("[id]")].map(({ id }) => id)
    for (const id of new Set(ids.filter((each, index) => ids.indexOf(each) !== index))) found.push(`id ${id} stands twice`)
    for (const name of ["aria-controls", "aria-labelledby", "aria-describedby"])
      for (const element of document.querySelectorAll(`[${name}]`))
        for (const id of element.getAttribute(name)!.split(" "))
          if (!document.getElementById(id)) found.push(`${name} of ${label(element)} points nowhere`)

    const nameOf = (element: Element): string => {
      const labelled = element.getAttribute("aria-labelledby")
      const named = element.getAttribute("aria-label") ?? (labelled && document.getElementById(labelled)?.textContent)
      const own = (element as HTMLInputElement).labels?.[0]?.textContent ?? element.textContent
      return (named || own || element.getAttribute("title") || "").trim()
    }
    const controls = [...document.querySelectorAll("a[href], button, input, select, textarea, [tabindex='0']")].filter(visible)
    for (const control of controls) {
      if (nameOf(control) === "") found.push(`${label(control)} has no name`)
      const { width, height } = control.getBoundingClientRect()
      // https://www.w3.org/TR/WCAG22/#target-size-minimum leaves out what the browser draws itself.
      const own = control.matches("[type=checkbox], .skip-link")
      const parent = control.closest("label")
      if (!own && !parent && Math.min(width, height) < 20) found.push(`${label(control)} is ${width} × ${height} px`)
    }
    if (document.querySelectorAll("h1").length !== 1) found.push("there is not one h1")

    const canvas = document.createElement("canvas")
    canvas.width = canvas.height = 1
    const context = canvas.getContext("2d", { willReadFrequently: true })!
    const known = new Map<string, number[]>()
    const channels = (colour: string): number[] => {
      const before = known.get(colour)
      if (before) return before
      context.clearRect(0, 0, 1, 1)
      context.fillStyle = colour
      context.fillRect(0, 0, 1, 1)
      const [r = 0, g = 0, b = 0, a = 0] = context.getImageData(0, 0, 1, 1).data
      const made = [r, g, b, a / 255]
      known.set(colour, made)
      return made
    }
    const light = ([r = 0, g = 0, b = 0]: number[]): number => {
      const [x = 0, y = 0, z = 0] = [r, g, b].map((each) => {
        const share = each / 255
        return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
      })
      return 0.2126 * x + 0.7152 * y + 0.0722 * z
    }
    const groundOf = (element: Element | null): number[] => {
      for (let each = element; each; each = each.parentElement) {
        const ground = channels(getComputedStyle(each).backgroundColor)
        if (ground[3]! > 0.95) return ground
      }
      return [255, 255, 255, 1]
    }
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    const seen = new Set<string>()
    for (let node = texts.nextNode(); node; node = texts.nextNode()) {
      const element = node.parentElement!
      if (!node.textContent?.trim() || !visible(element) || element.closest("[disabled], .sr-only, .skip-link, option")) continue
      const style = getComputedStyle(element)
      const [one, other] = [light(channels(style.color)), light(groundOf(element))]
      const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05)
      const size = Number.parseFloat(style.fontSize)
      const needed = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700) ? 3 : 4.5
      const key = `${style.color} on ${groundOf(element).join()}`
      if (ratio < needed && !seen.has(key)) found.push(`${label(element)} has a contrast of ${ratio.toFixed(2)}`)
      seen.add(key)
    }
    return found
  })
