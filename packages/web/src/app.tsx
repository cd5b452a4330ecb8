import { QueryClientProvider } from "@tanstack/react-query"
import { lazy, Suspense } from "react"
import { BrowserRouter, Navigate, Outlet, Route, Routes, useLocation } from "react-router"
import { AssistantPage } from "./assistant/assistant-page.tsx"
import { Boundary } from "./boundary.tsx"
import { NotFoundPage } from "./not-found.tsx"
import { type Services, ServicesProvider, useSession } from "./services.tsx"
import { Shell } from "./shell/shell.tsx"
import { Starting } from "./shell/starting.tsx"
import { SignInPage } from "./sign-in/sign-in-page.tsx"
import { Skeleton } from "./ui/skeleton.tsx"
import { Toasts } from "./ui/toast.tsx"

const AnalyticsPage = lazy(() => import("./analytics/analytics-page.tsx"))
const ConcertPage = lazy(() => import("./concerts/concert-page.tsx"))
const ConcertsPage = lazy(() => import("./concerts/concerts-page.tsx"))
const BoardsPage = lazy(() => import("./boards/boards-page.tsx"))
const PredictionsPage = lazy(() => import("./predictions/predictions-page.tsx"))
const RecommendationsPage = lazy(() => import("./recommendations/recommendations-page.tsx"))
const DataPage = lazy(() => import("./data/data-page.tsx"))
const RoomsPage = lazy(() => import("./rooms/rooms-page.tsx"))
const OperationsPage = lazy(() => import("./operations/operations-page.tsx"))
const TracePage = lazy(() => import("./trace/trace-page.tsx"))
const VenuesPage = lazy(() => import("./venues/venues-page.tsx"))

/** Pages behind the sign-in; remembers where someone wanted to go. */
function SignedIn() {
  const state = useSession()
  const location = useLocation()
  if (state === "unknown") return <Starting />
  if (state === "out") return <Navigate to="/sign-in" replace state={{ from: location.pathname + location.search }} />
  return <Outlet />
}

export function App({ services }: { services: Services }) {
  return (
    <ServicesProvider value={services}>
      <QueryClientProvider client={services.queries}>
        <Boundary>
          <BrowserRouter>
            <Routes>
              <Route path="sign-in" element={<SignInPage />} />
              <Route element={<SignedIn />}>
                <Route element={<Shell />}>
                  <Route element={<AssistantPage />}>
                    <Route index element={null} />
                    <Route path="c/:conversationId" element={null} />
                  </Route>
                  <Route
                    path="rooms/:roomId?"
                    element={
                      <Suspense fallback={<Skeleton lines={6} label="Rooms are loading" className="page" />}>
                        <RoomsPage />
                      </Suspense>
                    }
                  />
                  <Route
                    path="boards/:boardId?"
                    element={
                      <Suspense fallback={<Skeleton lines={6} label="Boards are loading" className="page" />}>
                        <BoardsPage />
                      </Suspense>
                    }
                  />
                  <Route
                    path="analytics"
                    element={
                      <Suspense fallback={<Skeleton lines={6} label="Analytics are loading" className="page" />}>
                        <AnalyticsPage />
                      </Suspense>
                    }
                  />
                  <Route
                    path="concerts"
                    element={
                      <Suspense fallback={<Skeleton lines={6} label="Concerts are loading" className="page" />}>
                        <ConcertsPage />
                      </Suspense>
                    }
                  />
                  <Route
                    path="concerts/:concertId"
                    element={
                      <Suspense fallback={<Skeleton lines={6} label="The concert is loading" className="page" />}>
                        <ConcertPage />
                      </Suspense>
                    }
                  />
                  <Route
                    path="venues"
                    element={
                      <Suspense fallback={<Skeleton lines={6} label="Venues are loading" className="page" />}>
                        <VenuesPage />
                      </Suspense>
                    }
                  />
                  <Route
                    path="predictions"
                    element={
                      <Suspense fallback={<Skeleton lines={6} label="Predictions are loading" className="page" />}>
                        <PredictionsPage />
                      </Suspense>
                    }
                  />
                  <Route
                    path="recommendations"
                    element={
                      <Suspense fallback={<Skeleton lines={6} label="Recommendations are loading" className="page" />}>
                        <RecommendationsPage />
                      </Suspense>
                    }
                  />
                  <Route
                    path="data"
                    element={
                      <Suspense fallback={<Skeleton lines={6} label="Data is loading" className="page" />}>
                        <DataPage />
                      </Suspense>
                    }
                  />
                  <Route
                    path="operations"
                    element={
                      <Suspense fallback={<Skeleton lines={6} label="Operations are loading" className="page" />}>
                        <OperationsPage />
                      </Suspense>
                    }
                  />
                  <Route
                    path="trace/:kind/:id"
                    element={
                      <Suspense fallback={<Skeleton lines={6} label="The trace is loading" className="page" />}>
                        <TracePage />
                      </Suspense>
                    }
                  />
                  <Route path="*" element={<NotFoundPage />} />
                </Route>
              </Route>
            </Routes>
          </BrowserRouter>
        </Boundary>
        <Toasts />
      </QueryClientProvider>
    </ServicesProvider>
  )
}
