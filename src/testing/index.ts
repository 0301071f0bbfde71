export { memoryStore } from '../io/memory-store.ts'
export {
  answerRows,
  COST_NUMBERS,
  type CostBound,
  type CostCase,
  type CostQuestion,
  costBound,
  costCase,
  type KeyOrder,
  keysOf,
  layTable,
  questionTo,
  TOP_ROWS,
} from './cost-case.ts'
export { isCrash } from './crash.ts'
export {
  type Fault,
  type FaultKind,
  type FaultPlan,
  faultKindsOf,
  parseFaults,
  printFaults,
  type RandomFaultOptions,
  randomFaults,
  type StoreOperation,
  type StoreRequest,
  singleFaults,
} from './fault-plan.ts'
export { type FaultyStore, faultyStore } from './faulty-store.ts'
export {
  type RequestScheduler,
  requestScheduler,
  type SchedulerOptions,
} from './request-scheduler.ts'
