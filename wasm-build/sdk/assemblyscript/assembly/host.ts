export * from "./hostabi_v1";
