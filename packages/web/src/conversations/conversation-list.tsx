import { Search } from "lucide-react"
import { useEffect, useRef, useState } from "react"
import { useNow } from "../format/use-now.ts"
import { SideProblem } from "../ui/side-list.tsx"
import { Skeleton } from "../ui/skeleton.tsx"
import { ConversationRow } from "./conversation-row.tsx"
import { groupByAge } from "./groups.ts"
import { conversationsOf, useConversations } from "./queries.ts"
import "./conversations.css"

/** Own conversations by age, searchable by title; a search reads on until it has seen them all. */
export function ConversationList({ onPick }: { onPick?: () => void }) {
  const { data, isPending, isError, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useConversations()
  const [search, setSearch] = useState("")
  const now = useNow(60_000)
  const end = useRef<HTMLDivElement>(null)
  const wanted = search.trim().toLowerCase()
  const all = conversationsOf(data)
  const shown = wanted ? all.filter(({ title }) => title.toLowerCase().includes(wanted)) : all

  useEffect(() => {
    if (wanted && hasNextPage && !isFetchingNextPage) void fetchNextPage()
  }, [wanted, hasNextPage, isFetchingNextPage, fetchNextPage])

  useEffect(() => {
    if (!end.current || !hasNextPage) return
    const watch = new IntersectionObserver(([entry]) => entry?.isIntersecting && !isFetchingNextPage && void fetchNextPage())
    watch.observe(end.current)
    return () => watch.disconnect()
  }, [hasNextPage, isFetchingNextPage, fetchNextPage])

  return (
    <>
      <div className="search">
        <Search size={15} aria-hidden />
        <input
          id="conversation-search"
          className="input"
          data-testid="conversation-search"
          type="search"
          placeholder="Search titles"
          aria-label="Search conversations by title"
          value={search}
          onChange={(event) => setSearch(event.target.value)}
        />
      </div>
      <div className="conversations" data-testid="conversation-list">
        {isPending && <Skeleton lines={5} label="Conversations are loading" />}
        {isError && !data && <SideProblem error={error} onRetry={refetch} />}
        {data && shown.length === 0 && !isFetchingNextPage && (
          <p className="conversations-none">
            {wanted ? `No title contains “${search.trim()}”.` : "Your conversations will be listed here."}
          </p>
        )}
        {groupByAge(shown, now).map(([group, items]) => (
          <section key={group}>
            <h2>{group}</h2>
            <ul>
              {items.map((conversation) => (
                <ConversationRow key={conversation.id} conversation={conversation} onPick={onPick} />
              ))}
            </ul>
          </section>
        ))}
        <div ref={end} />
        {isFetchingNextPage && <Skeleton lines={2} label="More conversations are loading" />}
      </div>
    </>
  )
}
