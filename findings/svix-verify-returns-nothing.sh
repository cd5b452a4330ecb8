#!/bin/sh
# svix 2.5.0 beside standardwebhooks 1.1.1 (npm), run 2026-12-01 on Node 20.20.2.
#
# Both packages export a class Webhook with verify(payload, headers) for the same signatures, and svix builds its own on the other. Given the same valid
# message, standardwebhooks returns the parsed payload and svix returns undefined, where svix 1.x returned the payload. Nothing fails at the call: code
# that takes the event from verify(), as receivers of Clerk, Resend and others do, breaks a line later with a valid message, and rejects bad ones as before.
#
# Source: the change of August 2026, https://github.com/svix/svix-webhooks/pull/2600; somebody whom it met: https://github.com/hookdeck/webhook-skills/pull/193
#
# Output seen:
#   svix undefined
#   standardwebhooks {"a":1}
#
# Exits 0 while this is so, 1 when it has changed, 2 when it could not be run.
set -u
folder=$(mktemp -d) || exit 2
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 2
echo '{"private":true,"type":"module"}' > package.json
npm install --no-audit --no-fund --loglevel=error svix@2.5.0 standardwebhooks@1.1.1 >&2 || exit 2
cat > run.mjs <<'JS'
import { Webhook as OfStandard } from "standardwebhooks"
import { Webhook as OfSvix } from "svix"

const secret = `whsec_${Buffer.alloc(24, 7).toString("base64")}`
const at = new Date()
const body = JSON.stringify({ a: 1 })
const signature = new OfSvix(secret).sign("msg_1", at, body)
const headers = { "webhook-id": "msg_1", "webhook-timestamp": String(Math.floor(at / 1000)), "webhook-signature": signature }
console.log("svix", JSON.stringify(new OfSvix(secret).verify(body, headers)))
console.log("standardwebhooks", JSON.stringify(new OfStandard(secret).verify(body, headers)))
JS
node run.mjs | tee seen || exit 2
grep -q "^svix " seen && grep -q "^standardwebhooks " seen || exit 2
grep -qx "svix undefined" seen && grep -qx 'standardwebhooks {"a":1}' seen
