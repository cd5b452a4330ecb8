/** Names of parameters and commands, as the service's sentence has them. */
const CODE = /(\/backline\/[\w./-]*[\w-]|aws [^)]+)/

/** A sentence of the service in which what is to be typed can be told from the rest. */
export function Fix({ text }: { text: string }) {
  return <p>{text.split(CODE).map((part, index) => (index % 2 === 1 ? <code key={part}>{part}</code> : part))}</p>
}
