import type { DocumentHandle } from "@backline/client/documents"
import { defaultKeymap } from "@codemirror/commands"
import { markdown, markdownKeymap } from "@codemirror/lang-markdown"
import { EditorState } from "@codemirror/state"
import { drawSelection, EditorView, keymap, placeholder } from "@codemirror/view"
import { useEffect, useRef } from "react"
import { yCollab, yUndoManagerKeymap } from "y-codemirror.next"
import { UndoManager } from "yjs"
import { editorStyle } from "./editor-style.ts"
import { remoteCursors } from "./remote-cursors.ts"

/** The text of a board, edited by everybody at once. One's undo takes back one's own edits. */
export function Editor({ board, title }: { board: DocumentHandle; title: string }) {
  const place = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const host = place.current
    if (!host) return
    const root = host.shadowRoot ?? host.attachShadow({ mode: "open" })
    const text = board.doc.getText("text")
    const undoManager = new UndoManager(text)
    const view = new EditorView({
      root,
      parent: root,
      state: EditorState.create({
        doc: text.toJSON(),
        extensions: [
          keymap.of([...yUndoManagerKeymap, ...markdownKeymap, ...defaultKeymap]),
          drawSelection(),
          EditorView.lineWrapping,
          EditorView.contentAttributes.of({ "aria-label": `Text of ${title}`, spellcheck: "true", "data-testid": "editor" }),
          markdown(),
          placeholder("Write in Markdown. Everybody on this board sees it as you type."),
          editorStyle,
          yCollab(text, null, { undoManager }),
          remoteCursors(text, board.awareness),
        ],
      }),
    })
    view.focus()
    return () => {
      view.destroy()
      undoManager.destroy()
    }
  }, [board, title])
  return <div ref={place} className="editor" data-testid="editor-place" />
}
