import type { Row } from "@backline/client"
import { useId, useState } from "react"
import { Bar, BarChart, CartesianGrid, Line, LineChart, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts"
import { formatCompact, formatShare } from "../format/number.ts"
import { useMedia } from "../ui/use-media.ts"
import { type ChartChoice, type ChartPoint, chartPoints, MOST_BARS } from "./chart-choice.ts"
import type { Column } from "./columns.ts"

const AXIS = { stroke: "var(--border-strong)", tick: { fill: "var(--text-3)", fontSize: 12 }, tickLine: false } as const
const HEIGHT = 280
const BAR_HEIGHT = 30
/** Room for names beside bars, in pixels and in letters. */
const NAMES = { wide: { width: 148, letters: 21 }, narrow: { width: 104, letters: 14 } }

const unitOf = (measure: Column): string => (measure.kind === "money" ? `${measure.label} (money)` : measure.label)

/** One measure of a result, drawn; the rows stand in the next tab. */
export default function ResultChart({ choice, rows }: { choice: ChartChoice; rows: readonly Row[] }) {
  const [key, setKey] = useState(choice.first.key)
  const select = useId()
  const still = useMedia("(prefers-reduced-motion: reduce)")
  const names = useMedia("(max-width: 600px)") ? NAMES.narrow : NAMES.wide
  const measure = choice.measures.find((each) => each.key === key) ?? choice.first
  const points = chartPoints(choice, measure, rows)
  const cut = choice.kind === "bars" && rows.length > MOST_BARS
  return (
    <figure className="chart" data-testid="receipt-chart">
      <figcaption>
        <span>
          {unitOf(measure)} by {choice.label.label.toLowerCase()}
          {cut && (
            <small>
              {" "}
              · first {MOST_BARS} of {rows.length}
            </small>
          )}
        </span>
        {choice.measures.length > 1 && (
          <>
            <label className="sr-only" htmlFor={select}>
              Measure
            </label>
            <select
              id={select}
              className="select chart-select"
              value={measure.key}
              onChange={(event) => setKey(event.target.value)}
            >
              {choice.measures.map((each) => (
                <option key={each.key} value={each.key}>
                  {each.label}
                </option>
              ))}
            </select>
          </>
        )}
      </figcaption>
      <ResponsiveContainer width="100%" height={choice.kind === "bars" ? points.length * BAR_HEIGHT + 40 : HEIGHT}>
        {draw(choice.kind, points, measure, names, !still)}
      </ResponsiveContainer>
    </figure>
  )
}

const tickOf = (measure: Column) => (value: number) => (measure.kind === "share" ? formatShare(value) : formatCompact(value))

function draw(kind: ChartChoice["kind"], points: ChartPoint[], measure: Column, names: (typeof NAMES)["wide"], moving: boolean) {
  const shared = { data: points, accessibilityLayer: true, margin: { top: 8, right: 16, bottom: 4, left: 4 } }
  const tip = (
    <Tooltip
      content={<Tip measure={measure} />}
      cursor={{ fill: "var(--bg-hover)", stroke: "var(--border-strong)" }}
      isAnimationActive={false}
    />
  )
  const values = <YAxis {...AXIS} axisLine={false} width={52} tickFormatter={tickOf(measure)} />
  const animated = { isAnimationActive: moving, animationDuration: 300 }
  if (kind === "line")
    return (
      <LineChart {...shared}>
        <CartesianGrid vertical={false} stroke="var(--border)" />
        <XAxis {...AXIS} dataKey="label" minTickGap={32} />
        {values}
        {tip}
        <Line
          {...animated}
          dataKey="value"
          stroke="var(--chart)"
          strokeWidth={2}
          dot={points.length <= 40 ? { r: 2.5, fill: "var(--chart)" } : false}
        />
      </LineChart>
    )
  if (kind === "columns")
    return (
      <BarChart {...shared}>
        <CartesianGrid vertical={false} stroke="var(--border)" />
        <XAxis {...AXIS} dataKey="label" minTickGap={4} />
        {values}
        {tip}
        <Bar {...animated} dataKey="value" fill="var(--chart)" radius={[4, 4, 0, 0]} maxBarSize={56} />
      </BarChart>
    )
  return (
    <BarChart {...shared} layout="vertical">
      <CartesianGrid horizontal={false} stroke="var(--border)" />
      <XAxis {...AXIS} type="number" axisLine={false} tickFormatter={tickOf(measure)} />
      <YAxis {...AXIS} type="category" dataKey="label" width={names.width} interval={0} tickFormatter={shorten(names.letters)} />
      {tip}
      <Bar {...animated} dataKey="value" fill="var(--chart)" radius={[0, 4, 4, 0]} maxBarSize={18} />
    </BarChart>
  )
}

const shorten = (letters: number) => (name: string) => (name.length > letters ? `${name.slice(0, letters - 1).trimEnd()}…` : name)

function Tip({ active, payload, measure }: { active?: boolean; payload?: readonly { payload: ChartPoint }[]; measure: Column }) {
  const point = payload?.[0]?.payload
  if (!active || !point) return null
  return (
    <div className="chart-tip">
      <strong>{point.label}</strong>
      <span className="tabular">
        {measure.label}: {point.text}
      </span>
    </div>
  )
}
