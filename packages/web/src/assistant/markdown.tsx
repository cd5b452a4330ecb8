import { memo } from "react"
import ReactMarkdown, { type Components } from "react-markdown"
import remarkGfm from "remark-gfm"

const PLUGINS = [remarkGfm]

/** Links leave in a tab of their own without saying where from, and show where they lead whatever they are called; pictures stay out, since fetching one would tell a stranger what was read. */
const COMPONENTS: Components = {
  a: ({ href, children }) => (
    <a href={href} title={href} target="_blank" rel="noopener noreferrer nofollow">
      <bdi>{children}</bdi>
    </a>
  ),
  img: ({ alt }) => <span className="md-image">[picture{alt ? `: ${alt}` : ""}]</span>,
  table: ({ children }) => (
    <div className="table-box" tabIndex={0} role="group" aria-label="Table">
      <table className="table">{children}</table>
    </div>
  ),
}

/** An answer's text; HTML in it is shown as text. */
export default memo(function Markdown({ text }: { text: string }) {
  return (
    <div className="md">
      <ReactMarkdown remarkPlugins={PLUGINS} components={COMPONENTS}>
        {text}
      </ReactMarkdown>
    </div>
  )
})
