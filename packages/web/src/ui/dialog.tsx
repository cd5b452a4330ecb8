import { type ReactNode, useEffect, useId, useRef } from "react"

interface Props {
  title: string
  children: ReactNode
  className?: string
  /** Hides the heading where the content shows one of its own. */
  quietTitle?: boolean
  onClose(): void
}

/** A modal: the browser's own `<dialog>` keeps focus inside, closes on Escape and needs no injected styles. */
export function Dialog({ title, children, className = "dialog", quietTitle, onClose }: Props) {
  const dialog = useRef<HTMLDialogElement>(null)
  const heading = useId()
  useEffect(() => {
    const element = dialog.current
    const before = document.activeElement
    if (element && !element.open) element.showModal()
    return () => {
      element?.close()
      if (before instanceof HTMLElement && before.isConnected) before.focus()
    }
  }, [])
  return (
    <dialog
      ref={dialog}
      className={className}
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
      // A click on the backdrop arrives at the dialog itself, a click inside at something in it.
      onMouseDown={(event) => event.target === event.currentTarget && onClose()}
    >
      <h2 id={heading} className={quietTitle ? "sr-only" : undefined}>
        {title}
      </h2>
      {children}
    </dialog>
  )
}
