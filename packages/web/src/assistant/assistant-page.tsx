import { useCallback, useEffect, useMemo, useRef } from "react"
import { MessageSquareOff, SquarePen } from "lucide-react"
import { Link, useMatch, useNavigate } from "react-router"
import { useConversation, useMessages } from "../conversations/queries.ts"
import { useChat, useServices } from "../services.tsx"
import { PageHeader } from "../shell/page-header.tsx"
import { useShell } from "../shell/context.ts"
import { Skeleton } from "../ui/skeleton.tsx"
import { EmptyState, ErrorState } from "../ui/state.tsx"
import { toast } from "../ui/toast.tsx"
import { toApiError } from "@backline/client"
import { prepareAnswers } from "./answer-view.tsx"
import { Announcer } from "./announcer.tsx"
import { NEW_THREAD } from "./chat.ts"
import { Composer } from "./composer.tsx"
import { Suggestions } from "./suggestions.tsx"
import { Thread } from "./thread.tsx"
import { openRuns, runningOf, threadItems } from "./thread-items.ts"
import "./assistant.css"

/** Questions and answers: a new conversation at `/`, a stored one at `/c/:conversationId`, one component so that going from one to the other moves nothing. */
export function AssistantPage() {
  const id = useMatch("/c/:conversationId")?.params.conversationId
  const thread = id ?? NEW_THREAD
  const { chat: store } = useServices()
  const chat = useChat()
  const { wide } = useShell()
  const messages = useMessages(id)
  const conversation = useConversation(id)
  useOpenedConversation(id)
  useEffect(prepareAnswers, [])

  const stored = messages.data
  useEffect(() => {
    if (id && stored) for (const run of openRuns(stored)) store.follow(run, id)
  }, [id, stored, store])

  const items = useMemo(
    () =>
      threadItems(
        stored ?? [],
        chat.sends.filter((send) => send.thread === thread),
        chat.runs,
      ),
    [stored, chat, thread],
  )
  const running = runningOf(items)
  // The same place on the screen before and after its first question has opened the conversation.
  const place = chat.sends.find((send) => send.thread === thread && (send.opener || thread === NEW_THREAD))?.clientId ?? thread
  const gone = id !== undefined && !stored && messages.isError && toApiError(messages.error).status === 404
  const title = conversation.data?.title ?? (id ? "Conversation" : "New conversation")

  const ask = useCallback((text: string) => store.send(thread, text), [store, thread])
  const stop = () => {
    if (running) store.stop(running).catch((error: unknown) => toast(toApiError(error).message))
  }

  return (
    <>
      <PageHeader title={id ? title : wide ? "New conversation" : "Backline"}>
        {!wide && id && (
          <Link to="/" className="icon-button" aria-label="New conversation">
            <SquarePen size={18} aria-hidden />
          </Link>
        )}
      </PageHeader>
      {id && messages.isPending && items.length === 0 ? (
        <div className="thread-scroll">
          <Skeleton lines={5} label="The conversation is loading" className="thread-loading" />
        </div>
      ) : gone ? (
        <div className="page-body">
          <EmptyState icon={MessageSquareOff} title="This conversation is not here">
            <p>It was deleted, or it belongs to someone else.</p>
            <Link to="/" className="button button-primary">
              Start a new one
            </Link>
          </EmptyState>
        </div>
      ) : id && messages.isError && !stored ? (
        <div className="page-body">
          <ErrorState title="This conversation did not load" error={messages.error} onRetry={() => void messages.refetch()} />
        </div>
      ) : items.length === 0 ? (
        <div className="page-body">
          <Suggestions onPick={ask} />
        </div>
      ) : (
        <Thread key={`thread-${place}`} items={items} onAsk={ask} onRetry={store.retry} onDiscard={store.discard} />
      )}
      {!gone && <Composer key={`composer-${place}`} thread={thread} running={running !== undefined} onSend={ask} onStop={stop} />}
      <Announcer items={items} thread={thread} />
    </>
  )
}

/** Goes to the conversation that the first question opened, if its page is still the one in view. */
function useOpenedConversation(id: string | undefined) {
  const { sends } = useChat()
  const navigate = useNavigate()
  const asked = useRef<string>(undefined)
  useEffect(() => {
    const waiting = sends.find((send) => send.thread === NEW_THREAD)
    const opened = sends.find((send) => send.clientId === asked.current)
    if (id) {
      asked.current = undefined
    } else if (waiting) {
      asked.current = waiting.clientId
    } else if (opened && opened.thread !== NEW_THREAD) {
      asked.current = undefined
      void navigate(`/c/${opened.thread}`, { replace: true })
    }
  }, [id, sends, navigate])
}
