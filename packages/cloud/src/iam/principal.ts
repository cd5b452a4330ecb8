/** Who makes a request, as resource policies see it. */
export interface Who {
  /** Account of a role or user; undefined for an AWS service. */
  account?: string
  /** `arn:aws:iam::…:role/…` and `arn:aws:sts::…:assumed-role/…/…`, or a user's. */
  arns: readonly string[]
  /** `sns.amazonaws.com` */
  service?: string
}

export type PrincipalElement = string | Readonly<Record<string, string | readonly string[]>>

/** `named`: the statement means this very principal, or everyone. `account`: it hands the matter to the policies of the principal's account. */
export type Match = "named" | "account" | undefined

const list = (value: string | readonly string[]): readonly string[] => (typeof value === "string" ? [value] : value)
const ACCOUNT = /^(?:(\d{12})|arn:aws:iam::(\d{12}):root)$/
const IDENTITY = /^arn:aws:(?:iam::\d{12}:(?:role|user)|sts::\d{12}:assumed-role)\/[^*?]+$/

type Test = (who: Who) => Match

function awsPrincipal(value: string, where: string): Test {
  if (value === "*") return () => "named"
  const account = ACCOUNT.exec(value)
  if (account) return (who) => (who.account === (account[1] ?? account[2]) ? "account" : undefined)
  // A wildcard stands for everyone or for nothing: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-anonymous
  if (!IDENTITY.test(value))
    throw new Error(`NOT_SIMULATED: Principal AWS ${value} in ${where}: name an account, a role, a user or *.`)
  return ({ arns }) => (arns.includes(value) ? "named" : undefined)
}

function servicePrincipal(value: string, where: string): Test {
  if (!/^[a-z0-9.-]+\.amazonaws\.com$/.test(value)) throw new Error(`NOT_SIMULATED: Principal Service ${value} in ${where}.`)
  return ({ service }) => (service === value ? "named" : undefined)
}

/** No caller here is a canonical user (an account or origin access identity as S3 knows it) or comes from an identity provider. */
const nobody: Test = () => undefined

const KINDS: Readonly<Record<string, (value: string, where: string) => Test>> = {
  AWS: awsPrincipal,
  Service: servicePrincipal,
  CanonicalUser: () => nobody,
  Federated: () => nobody,
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html */
export function compilePrincipal(element: PrincipalElement, where: string): Test {
  if (element === "*") return () => "named"
  if (typeof element === "string") throw new Error(`Principal ${element} in ${where} needs a kind: {"AWS": …} or {"Service": …}.`)
  const tests = Object.entries(element).flatMap(([kind, values]) => {
    const compile = Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined
    if (!compile)
      throw new Error(`NOT_SIMULATED: Principal kind ${kind} in ${where}: use one of ${Object.keys(KINDS).join(", ")}.`)
    return list(values).map((value) => compile(value, where))
  })
  return (who) => {
    const found = tests.map((test) => test(who))
    return found.includes("named") ? "named" : found.find((match) => match !== undefined)
  }
}
