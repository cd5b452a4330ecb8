import type { Conversation } from "@backline/client"
import { MoreHorizontal, Pencil, Trash2 } from "lucide-react"
import { DropdownMenu } from "radix-ui"
import { useRef, useState } from "react"
import { NavLink, useMatch, useNavigate } from "react-router"
import { DeleteDialog } from "./delete-dialog.tsx"
import { useConversationChanges } from "./queries.ts"

const MOST_TITLE = 120

export function ConversationRow({ conversation, onPick }: { conversation: Conversation; onPick?: () => void }) {
  const { id, title } = conversation
  const [renaming, setRenaming] = useState(false)
  const [deleting, setDeleting] = useState(false)
  const { rename, remove } = useConversationChanges()
  const navigate = useNavigate()
  const open = useMatch("/c/:conversationId")?.params.conversationId === id
  const trigger = useRef<HTMLButtonElement>(null)

  if (renaming) {
    const finish = (text: string | undefined) => {
      setRenaming(false)
      const next = text?.trim().slice(0, MOST_TITLE)
      if (next && next !== title) rename.mutate({ id, title: next })
      setTimeout(() => trigger.current?.focus())
    }
    return (
      <li className="conversation">
        <input
          className="input conversation-rename"
          data-testid="conversation-rename"
          aria-label="New title"
          defaultValue={title}
          maxLength={MOST_TITLE}
          autoFocus
          onFocus={(event) => event.target.select()}
          onBlur={(event) => finish(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter") event.currentTarget.blur()
            if (event.key === "Escape") {
              event.preventDefault()
              event.stopPropagation()
              event.currentTarget.value = title
              event.currentTarget.blur()
            }
          }}
        />
      </li>
    )
  }

  return (
    <li className="conversation">
      <NavLink to={`/c/${id}`} className="conversation-link" data-testid="conversation-item" title={title} onClick={onPick}>
        <bdi>{title}</bdi>
      </NavLink>
      <DropdownMenu.Root modal={false}>
        <DropdownMenu.Trigger
          ref={trigger}
          className="icon-button conversation-more"
          data-testid="conversation-menu"
          aria-label={`More for ${title}`}
        >
          <MoreHorizontal size={16} aria-hidden />
        </DropdownMenu.Trigger>
        <DropdownMenu.Content
          className="menu"
          align="start"
          sideOffset={4}
          onCloseAutoFocus={(event) => renaming && event.preventDefault()}
        >
          <DropdownMenu.Item className="menu-item" onSelect={() => setTimeout(() => setRenaming(true))}>
            <Pencil size={15} aria-hidden /> Rename
          </DropdownMenu.Item>
          <DropdownMenu.Item className="menu-item menu-item-danger" onSelect={() => setTimeout(() => setDeleting(true))}>
            <Trash2 size={15} aria-hidden /> Delete…
          </DropdownMenu.Item>
        </DropdownMenu.Content>
      </DropdownMenu.Root>
      {deleting && (
        <DeleteDialog
          title={title}
          onClose={() => setDeleting(false)}
          onDelete={() => {
            setDeleting(false)
            remove.mutate(id)
            if (open) void navigate("/")
          }}
        />
      )}
    </li>
  )
}
