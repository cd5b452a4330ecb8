import { Dialog } from "../ui/dialog.tsx"

export function DeleteDialog({ title, onDelete, onClose }: { title: string; onDelete: () => void; onClose: () => void }) {
  return (
    <Dialog title="Delete this conversation?" onClose={onClose}>
      <p>
        “<bdi>{title}</bdi>” and its answers are deleted for good.
      </p>
      <div className="dialog-actions">
        <button type="button" className="button button-secondary" autoFocus onClick={onClose}>
          Keep it
        </button>
        <button type="button" className="button button-danger" data-testid="delete-confirm" onClick={onDelete}>
          Delete
        </button>
      </div>
    </Dialog>
  )
}
