export { list, type Models, rollback } from "./models.ts"
export { predict, type Prediction, type Reason } from "./predict.ts"
