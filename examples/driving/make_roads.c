// Renders what a camera behind the windshield sees of a road, and the steering angle that keeps the
// car on it: PNG files and a list, roads/labels.csv, for steering.yaml.
//
//   example_make_roads FOLDER [COUNT [SEED]]
//
// The road is flat and bends with constant curvature; the car stands beside its center, turned a
// little. A pixel below the horizon is a point of the ground at depth z = focal * height / (row -
// horizon). The label is the pure-pursuit angle to a point of the center line LOOKAHEAD meters
// ahead: atan(2 wheelbase y / lookahead^2). Coulter 1992, CMU-RI-TR-92-01.

#include <math.h>
#include <png.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { WIDTH = 96, HEIGHT = 48, HORIZON = 16, COUNT_MAX = 1000000 };

static const double focal_pixels = 70, camera_meters = 1.3, lookahead_meters = 12;
static const double wheelbase_meters = 2.7, road_half_meters = 2.4, line_meters = 0.14;

// The scene of one picture.
struct scene {
    double curvature;     // 1/m, positive bends to the right
    double offset_meters; // of the car from the center line, positive to the right
    double heading;       // rad, positive looks to the right of the road
    double brightness, noise, dash_phase;
    double shadow_from, shadow_to; // depths between which the ground lies in the shade
};

// xorshift64*: Vigna 2016, doi:10.1145/2845077
static uint64_t state = 1;
static double random_between(double low, double high)
{
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    double unit = (double)((state * UINT64_C(2685821657736338717)) >> 11) * 0x1p-53;
    return low + (high - low) * unit;
}

static struct scene random_scene(void)
{
    struct scene scene = {
        .curvature = random_between(-0.04, 0.04),
        .offset_meters = random_between(-1.2, 1.2),
        .heading = random_between(-0.12, 0.12),
        .brightness = random_between(0.55, 1.15),
        .noise = random_between(2, 12),
        .dash_phase = random_between(0, 6),
        .shadow_from = random_between(3, 30),
    };
    scene.shadow_to = scene.shadow_from + random_between(0, 8);
    return scene;
}

// Where the center line lies at depth z, in meters to the right of the camera's axis.
static double center_at(const struct scene *scene, double z)
{
    return -scene->offset_meters - scene->heading * z + scene->curvature * z * z / 2;
}

static double steering_angle(const struct scene *scene)
{
    double y = center_at(scene, lookahead_meters);
    return atan(2 * wheelbase_meters * y / (lookahead_meters * lookahead_meters));
}

static const double *ground_color(const struct scene *scene, double lateral, double z)
{
    static const double asphalt[3] = {92, 92, 96}, grass[3] = {74, 118, 58};
    static const double white[3] = {225, 225, 220}, yellow[3] = {222, 186, 66};
    if (fabs(fabs(lateral) - road_half_meters + 0.25) < line_meters)
        return white;
    if (fabs(lateral) < line_meters && fmod(z + scene->dash_phase, 6) < 3)
        return yellow;
    return fabs(lateral) < road_half_meters ? asphalt : grass;
}

static uint8_t to_byte(double value)
{
    return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value + 0.5);
}

static void render(const struct scene *scene, uint8_t pixels[HEIGHT][WIDTH][3])
{
    static const double sky[3] = {150, 185, 225};
    for (int row = 0; row < HEIGHT; row++)
        for (int column = 0; column < WIDTH; column++) {
            double z = row > HORIZON ? focal_pixels * camera_meters / (row - HORIZON) : INFINITY;
            double x = (column + 0.5 - WIDTH / 2.0) * z / focal_pixels;
            const double *color =
                row > HORIZON ? ground_color(scene, x - center_at(scene, z), z) : sky;
            double light = scene->brightness;
            if (z > scene->shadow_from && z < scene->shadow_to)
                light *= 0.6;
            for (int k = 0; k < 3; k++)
                pixels[row][column][k] =
                    to_byte(color[k] * light + random_between(-scene->noise, scene->noise));
        }
}

static int write_png(const char *path, uint8_t pixels[HEIGHT][WIDTH][3])
{
    png_image image = {
        .version = PNG_IMAGE_VERSION, .width = WIDTH, .height = HEIGHT, .format = PNG_FORMAT_RGB};
    if (png_image_write_to_file(&image, path, 0, pixels, 0, NULL))
        return 1;
    fprintf(stderr, "make_roads: %s: %s\n", path, image.message);
    return 0;
}

int main(int argc, char **argv)
{
    static uint8_t pixels[HEIGHT][WIDTH][3];
    char path[4096];
    long count = argc > 2 ? strtol(argv[2], NULL, 10) : 6000;
    if (argc < 2 || argc > 4 || count < 1 || count > COUNT_MAX) {
        fputs("usage: make_roads FOLDER [COUNT [SEED]]\n", stderr);
        return 2;
    }
    state = argc > 3 ? strtoull(argv[3], NULL, 10) * 2 + 1 : 1;
    mkdir(argv[1], 0777);
    snprintf(path, sizeof path, "%s/labels.csv", argv[1]);
    FILE *labels = fopen(path, "w");
    if (labels == NULL) {
        perror(path);
        return 1;
    }
    fputs("file,steering\n", labels);
    for (long i = 0; i < count; i++) {
        struct scene scene = random_scene();
        render(&scene, pixels);
        snprintf(path, sizeof path, "%s/road-%06ld.png", argv[1], i);
        if (!write_png(path, pixels))
            return 1;
        fprintf(labels, "road-%06ld.png,%.6f\n", i, steering_angle(&scene));
    }
    if (fclose(labels) != 0) {
        perror("labels.csv");
        return 1;
    }
    return 0;
}
