/** @hearth/resource-kit/testing: what every resource type must keep, as generated cases. */
export {};
