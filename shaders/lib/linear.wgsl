// The index of an invocation in a grid made by `linearGrid`: row after row of workgroups.

fn linearIndex(id: vec3u, groups: vec3u, width: u32) -> u32 {
  return id.y * groups.x * width + id.x;
}
