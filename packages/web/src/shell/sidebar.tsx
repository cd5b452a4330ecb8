import { Activity, BarChart3, MessageSquareText, SquarePen, X } from "lucide-react"
import { Link, NavLink, useLocation } from "react-router"
import { ConversationList } from "../conversations/conversation-list.tsx"
import { useLocal } from "../operations/use-local.ts"
import { ThemeToggle } from "../theme/theme-toggle.tsx"
import { Mark } from "../ui/mark.tsx"
import { AccountMenu } from "./account-menu.tsx"

/** Ways into the product, the conversations, and the account. */
export function Sidebar({ onClose }: { onClose?: () => void }) {
  const { pathname } = useLocation()
  const { isLocal } = useLocal()
  const inAssistant = pathname === "/" || pathname.startsWith("/c/")
  return (
    <div className="sidebar">
      <header className="sidebar-top">
        <Link to="/" className="brand">
          <Mark size={24} />
          Backline
        </Link>
        {onClose && (
          <button type="button" className="icon-button" aria-label="Close" onClick={onClose}>
            <X size={18} aria-hidden />
          </button>
        )}
      </header>
      <nav className="sidebar-nav" aria-label="Pages">
        <Link to="/" className="nav-link" aria-current={inAssistant ? "page" : undefined}>
          <MessageSquareText size={16} aria-hidden /> Assistant
        </Link>
        <NavLink to="/venues" className="nav-link">
          <BarChart3 size={16} aria-hidden /> Venues
        </NavLink>
        {isLocal && (
          <NavLink to="/operations" className="nav-link" data-testid="nav-operations">
            <Activity size={16} aria-hidden /> Operations
          </NavLink>
        )}
      </nav>
      <section className="sidebar-list" aria-label="Conversations">
        <Link to="/" className="button button-secondary sidebar-new" data-testid="new-conversation" onClick={onClose}>
          <SquarePen size={15} aria-hidden /> New conversation
        </Link>
        <ConversationList onPick={onClose} />
      </section>
      <div className="sidebar-bottom">
        <AccountMenu />
        <ThemeToggle />
      </div>
    </div>
  )
}
