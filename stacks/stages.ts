/** What differs between stages, in one place. A stage without a row of its own gets the cheapest one. */
export interface Stage {
  /** Shards of the concert stream: 1 MB/s or 1,000 records/s each. https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html */
  concertShards: number
  /** How long the loader gathers lake objects before it wakes the warehouse, seconds. Redshift Serverless bills at least 60 s per wake-up. */
  loadWindow: number
  /** Redshift Processing Units; 4 is the smallest. https://docs.aws.amazon.com/redshift/latest/mgmt/serverless-capacity.html */
  warehouseRpu: number
  /** RPU-hours a month after which queries are refused: the ceiling of the bill. */
  warehouseRpuHours: number
  /** Whether recommendations are found with a vector index, or by reading all concerts of a table: `npm run bench recommendations` prints what both read. */
  vectorIndex: boolean
  /** Least time between two trainings of recommendations, seconds: each wakes the warehouse. */
  tastePause: number
  logDays: 7 | 30 | 90
  tracing: "active" | "disabled"
  /** Keep tables, buckets and user pools when the stack goes. */
  retain: boolean
  /** Model of the assistant. https://docs.aws.amazon.com/bedrock/latest/userguide/models-supported.html */
  modelId: string
  /** A SageMaker endpoint that says what concerts will sell, in place of the model that is trained here: docs/predictions.md has its format. */
  predictionEndpoint?: string
  /** Origins besides the console's own that may call the API from a browser. */
  origins: string[]
  /** Where the console finds LiveKit besides any wss:// address, for calls of rooms without TLS. */
  calls?: string[]
  /** People that `npm start` makes, so that a newcomer can sign in at once. Never set for a stage in an account. */
  demo?: { password: string; people: { email: string; name: string; role: "admin" | "editor" | "member" }[] }
}

const cheapest: Stage = {
  concertShards: 2,
  loadWindow: 60,
  warehouseRpu: 4,
  warehouseRpuHours: 60,
  vectorIndex: true,
  tastePause: 6 * 60 * 60,
  logDays: 7,
  tracing: "disabled",
  retain: false,
  modelId: "amazon.nova-micro-v1:0",
  origins: [],
}

const STAGES: Record<string, Stage> = {
  /** `npm start`: nobody pays for wake-ups here, and people watch. */
  local: {
    ...cheapest,
    loadWindow: 1,
    tastePause: 120,
    /** `livekit-server --dev` */
    calls: ["ws://localhost:*", "http://localhost:*", "ws://127.0.0.1:*", "http://127.0.0.1:*"],
    demo: {
      password: "front-of-house",
      people: [
        { email: "ada@backline.test", name: "Ada Admin", role: "admin" },
        { email: "max@backline.test", name: "Max Member", role: "member" },
        { email: "mia@backline.test", name: "Mia Member", role: "member" },
      ],
    },
  },
  staging: { ...cheapest, logDays: 30 },
  prod: {
    ...cheapest,
    loadWindow: 300,
    warehouseRpuHours: 400,
    tastePause: 60 * 60,
    logDays: 30,
    tracing: "active",
    retain: true,
  },
}

export const sizes = (stage: string): Stage => STAGES[stage] ?? cheapest
