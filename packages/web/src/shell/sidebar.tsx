import {
  Activity,
  BarChart3,
  CalendarDays,
  ChartLine,
  Database,
  FileText,
  MessagesSquare,
  MessageSquareText,
  Sparkles,
  SquarePen,
  TrendingUp,
  X,
} from "lucide-react"
import { lazy, Suspense } from "react"
import { Link, NavLink, useLocation } from "react-router"
import { ConversationList } from "../conversations/conversation-list.tsx"
import { useLocal } from "../operations/use-local.ts"
import { ThemeToggle } from "../theme/theme-toggle.tsx"
import { Mark } from "../ui/mark.tsx"
import { AccountMenu } from "./account-menu.tsx"

const RoomList = lazy(() => import("../rooms/room-list.tsx").then((page) => ({ default: page.RoomList })))
const BoardList = lazy(() => import("../boards/board-list.tsx").then((page) => ({ default: page.BoardList })))

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
        <NavLink to="/rooms" className="nav-link" data-testid="nav-rooms">
          <MessagesSquare size={16} aria-hidden /> Rooms
        </NavLink>
        <NavLink to="/boards" className="nav-link" data-testid="nav-boards">
          <FileText size={16} aria-hidden /> Boards
        </NavLink>
        <NavLink to="/concerts" className="nav-link" data-testid="nav-concerts">
          <CalendarDays size={16} aria-hidden /> Concerts
        </NavLink>
        <NavLink to="/analytics" className="nav-link" data-testid="nav-analytics">
          <ChartLine size={16} aria-hidden /> Analytics
        </NavLink>
        <NavLink to="/venues" className="nav-link">
          <BarChart3 size={16} aria-hidden /> Venues
        </NavLink>
        <NavLink to="/predictions" className="nav-link" data-testid="nav-predictions">
          <TrendingUp size={16} aria-hidden /> Predictions
        </NavLink>
        <NavLink to="/recommendations" className="nav-link" data-testid="nav-recommendations">
          <Sparkles size={16} aria-hidden /> Recommendations
        </NavLink>
        <NavLink to="/data" className="nav-link" data-testid="nav-data">
          <Database size={16} aria-hidden /> Data
        </NavLink>
        {isLocal && (
          <NavLink to="/operations" className="nav-link" data-testid="nav-operations">
            <Activity size={16} aria-hidden /> Operations
          </NavLink>
        )}
      </nav>
      {pathname.startsWith("/rooms") || pathname.startsWith("/boards") ? (
        <section className="sidebar-list" aria-label={pathname.startsWith("/rooms") ? "Rooms" : "Boards"}>
          <Suspense fallback={<div className="conversations" />}>
            {pathname.startsWith("/rooms") ? <RoomList onPick={onClose} /> : <BoardList onPick={onClose} />}
          </Suspense>
        </section>
      ) : (
        <section className="sidebar-list" aria-label="Conversations">
          <Link to="/" className="button button-secondary sidebar-new" data-testid="new-conversation" onClick={onClose}>
            <SquarePen size={15} aria-hidden /> New conversation
          </Link>
          <ConversationList onPick={onClose} />
        </section>
      )}
      <div className="sidebar-bottom">
        <AccountMenu />
        <ThemeToggle />
      </div>
    </div>
  )
}
