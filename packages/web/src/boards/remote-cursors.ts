import { type Extension, RangeSet } from "@codemirror/state"
import { Decoration, type DecorationSet, type EditorView, ViewPlugin, type ViewUpdate, WidgetType } from "@codemirror/view"
import type { Awareness } from "y-protocols/awareness"
import * as Y from "yjs"
import { peerOf } from "./use-board.ts"

/** Where a tab's selection is, as positions that move with the text. */
interface Cursor {
  anchor: unknown
  head: unknown
}

class Caret extends WidgetType {
  constructor(
    readonly name: string,
    readonly hue: number,
    /** A caret that moved is another one, which shows its name anew. */
    readonly at: number,
  ) {
    super()
  }
  override eq(other: Caret): boolean {
    return other.name === this.name && other.hue === this.hue && other.at === this.at
  }
  override toDOM(): HTMLElement {
    const caret = document.createElement("span")
    caret.className = `remote-caret hue-${this.hue}`
    const label = document.createElement("span")
    label.className = "remote-name"
    label.textContent = this.name
    // U+2060, so that the caret has the height of a line and no width.
    caret.append("\u2060", label)
    return caret
  }
  override ignoreEvent(): boolean {
    return true
  }
}

/**
 * Others' cursors with their names, and one's own told to them. y-codemirror.next has the same with `style` attributes, which the
 * console's content security policy does not allow: here colours are classes.
 */
export function remoteCursors(text: Y.Text, awareness: Awareness): Extension {
  const doc = text.doc!

  function indexOf(position: unknown): number | undefined {
    try {
      const found = Y.createAbsolutePositionFromRelativePosition(Y.createRelativePositionFromJSON(position), doc)
      return found?.type === text ? found.index : undefined
    } catch {
      return undefined
    }
  }

  function decorations(view: EditorView): DecorationSet {
    const { length } = view.state.doc
    const ranges = [...awareness.getStates()].flatMap(([client, state]) => {
      const cursor = (state as { cursor?: Cursor | null }).cursor
      if (client === doc.clientID || !cursor) return []
      const [anchor, head] = [indexOf(cursor.anchor), indexOf(cursor.head)]
      if (anchor === undefined || head === undefined || Math.max(anchor, head) > length) return []
      const { name, hue } = peerOf(client, state)
      const [from, to] = [Math.min(anchor, head), Math.max(anchor, head)]
      const selection = from < to ? [Decoration.mark({ class: `remote-selection hue-${hue}` }).range(from, to)] : []
      return [...selection, Decoration.widget({ widget: new Caret(name, hue, head), side: head > anchor ? -1 : 1 }).range(head)]
    })
    return Decoration.set(ranges, true)
  }

  function tell({ view, state }: ViewUpdate): void {
    const local = awareness.getLocalState() as { cursor?: Cursor | null } | null
    if (!local || !view.hasFocus) return
    const { anchor, head } = state.selection.main
    const next = {
      anchor: Y.createRelativePositionFromTypeIndex(text, anchor),
      head: Y.createRelativePositionFromTypeIndex(text, head),
    }
    if (JSON.stringify(local.cursor) !== JSON.stringify(next)) awareness.setLocalStateField("cursor", next)
  }

  return ViewPlugin.fromClass(
    class {
      decorations: DecorationSet = RangeSet.empty
      private readonly onChange: (changes: Record<"added" | "updated" | "removed", number[]>) => void
      constructor(view: EditorView) {
        this.decorations = decorations(view)
        this.onChange = ({ added, updated, removed }) => {
          // An empty transaction: the view draws again.
          if ([...added, ...updated, ...removed].some((client) => client !== doc.clientID)) view.dispatch({})
        }
        awareness.on("change", this.onChange)
      }
      update(update: ViewUpdate) {
        if (update.docChanged || update.selectionSet || update.focusChanged) tell(update)
        this.decorations = decorations(update.view)
      }
      destroy() {
        awareness.off("change", this.onChange)
      }
    },
    { decorations: (plugin) => plugin.decorations },
  )
}
