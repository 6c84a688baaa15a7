//! Benches by room. Times are of one pass; the number of cells is given as the throughput.

mod zonal;

criterion::criterion_group!(rooms, zonal::counties, zonal::stands, zonal::values);
criterion::criterion_main!(rooms);
