import { defaultHighlightStyle, HighlightStyle, syntaxHighlighting } from "@codemirror/language"
import { EditorView } from "@codemirror/view"
import { HUES } from "./use-board.ts"

/** The package's own style knows the tags of Markdown by these names. */
const tag = (name: string) =>
  defaultHighlightStyle.specs.flatMap((spec) => [spec.tag].flat()).filter((each) => String(each) === name)

const highlight = HighlightStyle.define([
  { tag: tag("heading"), fontWeight: "600", color: "var(--text)" },
  { tag: tag("strong"), fontWeight: "600" },
  { tag: tag("emphasis"), fontStyle: "italic" },
  { tag: tag("strikethrough"), textDecoration: "line-through" },
  { tag: tag("link"), color: "var(--accent-text)" },
  { tag: tag("url"), color: "var(--text-3)" },
  { tag: tag("meta"), color: "var(--text-3)" },
])

const hues = Object.fromEntries(
  Array.from({ length: HUES }, (_, hue) => [
    [`.remote-caret.hue-${hue}`, { borderColor: `var(--peer-${hue})` }],
    [`.hue-${hue} > .remote-name`, { backgroundColor: `var(--peer-${hue})` }],
    [`.remote-selection.hue-${hue}`, { backgroundColor: `color-mix(in srgb, var(--peer-${hue}) 22%, transparent)` }],
  ]).flat(),
)

const look = EditorView.theme({
  "&": { height: "100%", color: "var(--text)", fontSize: "0.9375rem", backgroundColor: "transparent" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.7", overflow: "auto" },
  ".cm-content": { maxWidth: "760px", margin: "0 auto", padding: "24px 24px 40vh", caretColor: "var(--accent)" },
  ".cm-line": { padding: "0" },
  ".cm-cursor": { borderLeftColor: "var(--accent)", borderLeftWidth: "2px" },
  ".cm-placeholder": { color: "var(--text-3)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "light-dark(#bfe6e1, #1d544e)",
  },
  ".remote-caret": {
    position: "relative",
    borderLeft: "2px solid",
    margin: "0 -1px",
  },
  ".remote-name": {
    position: "absolute",
    bottom: "100%",
    left: "-2px",
    padding: "0 5px",
    borderRadius: "4px 4px 4px 0",
    color: "light-dark(#fff, #0f1213)",
    fontFamily: "var(--font)",
    fontSize: "11px",
    fontWeight: "500",
    lineHeight: "16px",
    whiteSpace: "nowrap",
    pointerEvents: "none",
    zIndex: "5",
    // Long enough to be read; then the text above it is worth more.
    animation: "remote-name 4s ease-in forwards",
  },
  ".remote-caret:hover > .remote-name": { animation: "none" },
  "@keyframes remote-name": { "80%": { opacity: "1" }, "100%": { opacity: "0" } },
  ...hues,
})

/** How the editor looks; its rules live in its own shadow root, where the content security policy lets a script put them. */
export const editorStyle = [look, syntaxHighlighting(highlight)]
