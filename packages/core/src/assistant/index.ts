export { work } from "./work.ts"
export { answerMention } from "./mention.ts"
