import type { Place } from "../../service.ts"

export const tableName = (nameOrArn: string): string =>
  nameOrArn.startsWith("arn:") ? (/:table\/([^/]+)/.exec(nameOrArn)?.[1] ?? nameOrArn) : nameOrArn

export const tableArn = ({ region, account }: Place, nameOrArn: string): string =>
  `arn:aws:dynamodb:${region}:${account}:table/${tableName(nameOrArn)}`
