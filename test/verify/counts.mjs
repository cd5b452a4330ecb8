// node test/verify/counts.mjs [run.json]: how many rows the warehouse holds, asked through the Data API as an administrator.
import { readFileSync } from "node:fs"
import { ExecuteStatementCommand, GetStatementResultCommand, RedshiftDataClient } from "@aws-sdk/client-redshift-data"

const { aws } = JSON.parse(readFileSync(process.argv[2] ?? ".backline/run.json", "utf8"))
const client = new RedshiftDataClient({
  endpoint: aws,
  region: "us-east-1",
  credentials: { accessKeyId: "admin", secretAccessKey: "admin" },
})
const TABLES = ["dim_concert", "dim_venue", "dim_artist", "fact_work", "fact_soloist", "fact_ticket", "agg_concert"]
const Sql = TABLES.map(
  (name) => `SELECT CAST('${name}' AS VARCHAR(40)) AS name, CAST(COUNT(*) AS BIGINT) AS n FROM core.${name}`,
).join(" UNION ALL ")
const { Id } = await client.send(
  new ExecuteStatementCommand({ WorkgroupName: "backline-local", Database: "backline", Sql, WaitTimeSeconds: 20 }),
)
const { Records } = await client.send(new GetStatementResultCommand({ Id }))
for (const [name, n] of Records) console.log(`${name.stringValue.padEnd(14)} ${n.longValue}`)
