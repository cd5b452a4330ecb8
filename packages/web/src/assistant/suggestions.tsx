import { ArrowUpRight } from "lucide-react"
import "./suggestions.css"

const GROUPS: { title: string; questions: string[] }[] = [
  {
    title: "This season",
    questions: [
      "Which venues sold the most tickets in the last 30 days?",
      "How many tickets were sold per day in the last two weeks?",
      "Which city has the most concerts?",
    ],
  },
  {
    title: "From the archive",
    questions: [
      "Which halls hosted the most concerts in the 1950s?",
      "What was played on 16 December 1893?",
      "Who conducted Beethoven's Symphony No. 9 most often?",
    ],
  },
]

/** The page before the first question: what can be asked. */
export function Suggestions({ onPick }: { onPick: (text: string) => void }) {
  return (
    <div className="suggestions">
      <h2>What would you like to know?</h2>
      <p>Every number comes with a receipt: the rows it was read from and the statement that read them.</p>
      <div className="suggestion-groups">
        {GROUPS.map(({ title, questions }) => (
          <section key={title} aria-label={title}>
            <h3>{title}</h3>
            <ul>
              {questions.map((question) => (
                <li key={question}>
                  <button type="button" className="suggestion" data-testid="suggestion" onClick={() => onPick(question)}>
                    {question}
                    <ArrowUpRight size={15} aria-hidden />
                  </button>
                </li>
              ))}
            </ul>
          </section>
        ))}
      </div>
    </div>
  )
}
