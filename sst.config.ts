import type { SSTConfig } from "sst"
import { defaults } from "./stacks/defaults.ts"
import { Storage } from "./stacks/storage.ts"
import { Auth } from "./stacks/auth.ts"
import { Ingest } from "./stacks/ingest.ts"
import { Warehouse } from "./stacks/warehouse.ts"
import { Predictions } from "./stacks/predictions.ts"
import { Recommendations } from "./stacks/recommendations.ts"
import { Rooms } from "./stacks/rooms.ts"
import { Documents } from "./stacks/documents.ts"
import { Realtime } from "./stacks/realtime.ts"
import { Assistant } from "./stacks/assistant.ts"
import { Web } from "./stacks/web.ts"
import { Api } from "./stacks/api.ts"
import { Console } from "./stacks/console.ts"

export default {
  config: (input) => ({ name: "backline", region: input.region ?? process.env.AWS_REGION ?? "us-east-1" }),
  stacks(app) {
    defaults(app)
    app
      .stack(Storage)
      .stack(Auth)
      .stack(Ingest)
      .stack(Warehouse)
      .stack(Predictions)
      .stack(Recommendations)
      .stack(Rooms)
      .stack(Documents)
      .stack(Realtime)
      .stack(Assistant)
      .stack(Web)
      .stack(Api)
      .stack(Console)
  },
} satisfies SSTConfig
