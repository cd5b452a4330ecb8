import { type Client, createClient, createSession, createSocket, type Session, type Socket, watchBrowser } from "@backline/client"
import { QueryClient } from "@tanstack/react-query"
import { createContext, useContext, useSyncExternalStore } from "react"
import { type ChatStore, createChat } from "./assistant/chat.ts"
import type { ConsoleConfig } from "./config.ts"
import { shouldRetry } from "./retry.ts"

/** What every page uses, made once from the configuration. */
export interface Services {
  config: ConsoleConfig
  session: Session
  client: Client
  socket: Socket
  chat: ChatStore
  queries: QueryClient
}

export function createServices(config: ConsoleConfig): Services {
  const session = createSession({ pool: config, store: sessionStorage })
  const client = createClient({ httpUrl: config.apiUrl, getToken: session.getToken })
  const socket = createSocket({ getTicket: client.realtime.ticket, getToken: session.getToken })
  const queries = new QueryClient({ defaultOptions: { queries: { retry: shouldRetry, staleTime: 5_000 } } })
  const chat = createChat({
    client,
    socket,
    onStored(conversation) {
      void queries.invalidateQueries({ queryKey: ["conversations"] })
      void queries.invalidateQueries({ queryKey: ["messages", conversation] })
    },
  })

  const adapt = () => {
    if (session.state === "in" && socket.state === "closed") {
      socket.start()
      chat.resume()
    }
    if (session.state === "out") {
      socket.close()
      chat.clear()
      queries.clear()
    }
  }
  session.onChange(adapt)
  watchBrowser(socket)
  const services = { config, session, client, socket, chat, queries }
  // What a reload kept from being sent goes out from any page.
  const kept = Object.keys(sessionStorage)
  if (kept.includes("backline.unsent")) void import("./rooms/rooms-of.ts").then(({ roomsOf }) => roomsOf(services).resume())
  if (kept.some((key) => key.startsWith("backline.doc.")))
    void import("./boards/open-boards.ts").then(({ boardsOf }) => boardsOf(services).resume())
  return services
}

const Context = createContext<Services | undefined>(undefined)
export const ServicesProvider = Context.Provider

export function useServices(): Services {
  const services = useContext(Context)
  if (!services) throw new Error("useServices needs a ServicesProvider above it.")
  return services
}

export function useSession() {
  const { session } = useServices()
  return useSyncExternalStore(session.onChange, () => session.state)
}

export function useChat() {
  const { chat } = useServices()
  return useSyncExternalStore(chat.subscribe, chat.get)
}
