#!/bin/sh
# aws-kinesis-agg 4.2.8 (npm), run 2026-12-01 on Node 20.20.2.
#
# Records that are aggregated under different partition keys come back under each other's keys, without an error, as soon as one of the keys looks like
# an array index ("2", "10"). Four records put with the keys venue-7, 10, 2, venue-7 are read as 2, 10, venue-7, 2.
#
# Why: the aggregator numbers keys in the order in which they come, but writes the key table with Object.keys() of an object, and JavaScript lists
# integer-like names first and in ascending order (ECMA-262, OrdinaryOwnPropertyKeys). So the numbers point at other keys than they were given for. Numeric ids
# are the commonest partition keys there are; a consumer that groups, orders or dedupes by key then does so wrongly.
#
# Source: lib/kpl-agg.js of the package (its key tables are plain objects); the format: https://github.com/awslabs/amazon-kinesis-producer/blob/master/aggregation-format.md
#
# Output seen:
#   sent venue-7:r0 10:r1 2:r2 venue-7:r3
#   read 2:r0 10:r1 venue-7:r2 2:r3
#
# Exits 0 while this is so, 1 when it has changed, 2 when it could not be run.
set -u
folder=$(mktemp -d) || exit 2
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 2
echo '{"private":true,"type":"module"}' > package.json
npm install --no-audit --no-fund --loglevel=error aws-kinesis-agg@4.2.8 >&2 || exit 2
cat > run.mjs <<'JS'
import agg from "aws-kinesis-agg"

const sent = ["venue-7", "10", "2", "venue-7"].map((partitionKey, n) => ({ partitionKey, data: Buffer.from(`r${n}`) }))
const aggregator = new agg.RecordAggregator()
for (const record of sent) aggregator.addUserRecord(record)
const { data, partitionKey } = aggregator.build()
const stored = { kinesisSchemaVersion: "1.0", partitionKey, sequenceNumber: "1", data: data.toString("base64") }
agg.deaggregateSync(stored, true, (error, read) => {
  if (error) throw error
  const shown = (list, text) => list.map((record) => `${record.partitionKey}:${text(record.data)}`).join(" ")
  console.log("sent", shown(sent, String))
  console.log("read", shown(read, (data) => Buffer.from(data, "base64").toString()))
})
JS
node run.mjs | tee seen || exit 2
grep -qx "sent venue-7:r0 10:r1 2:r2 venue-7:r3" seen || exit 2
grep -qx "read 2:r0 10:r1 venue-7:r2 2:r3" seen
