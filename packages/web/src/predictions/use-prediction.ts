import type { PredictionQuery } from "@backline/client"
import { keepPreviousData, useQuery } from "@tanstack/react-query"
import { useEffect, useState } from "react"
import { useServices } from "../services.tsx"

const SLIDING_MS = 250

/** The value once it has rested: nobody asks for each step of a slider. */
export function useRested<T>(value: T): T {
  const [rested, setRested] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), SLIDING_MS)
    return () => clearTimeout(timer)
  }, [value])
  return rested
}

/** What a concert will sell; while another price of it is asked about, the answer before stays. */
export function usePrediction(query: PredictionQuery) {
  const { client } = useServices()
  return useQuery({
    queryKey: ["prediction", query],
    queryFn: ({ signal }) => client.predictions.tickets(query, signal),
    placeholderData: keepPreviousData,
    refetchInterval: 60_000,
  })
}
